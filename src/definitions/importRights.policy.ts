import type { AnyAppEvent } from "../apps/app.state";
import type { Circumstances } from "../lib/decider";
import type { Refusal } from "../lib/refusal";

type EventType = AnyAppEvent["type"];

/** What the single acts take beside the right to edit, by the events that they come to. */
const RIGHTS: Readonly<Record<"PUBLISH" | "ADMINISTER", ReadonlySet<EventType>>> = {
  PUBLISH: new Set<EventType>([
    "KeyArchived",
    "SegmentArchived",
    "GoalArchived",
    "ConfigArchived",
    "ConfigRestored",
    "FlagArchived",
    "FlagRestored",
  ]),
  ADMINISTER: new Set<EventType>([
    "AppEdited",
    "AppSettingsUpdated",
    "EnvironmentCreated",
    "EnvironmentEdited",
    "EnvironmentArchived",
    "EnvironmentRestored",
  ]),
};

const ACTS: Readonly<Record<keyof typeof RIGHTS, string>> = {
  PUBLISH: "archives something, or restores a config or flag",
  ADMINISTER: "changes the app's name, settings or environments",
};

/** Refuses an import that comes to what its actor may not do one by one. */
export function importRightRefusals(
  events: readonly AnyAppEvent[],
  { may }: Pick<Circumstances, "may">,
): readonly Refusal[] {
  return (["ADMINISTER", "PUBLISH"] as const).flatMap((right) => {
    if (may(right) || !events.some(({ type }) => RIGHTS[right].has(type))) return [];
    const message = `This ${ACTS[right]}, which takes the right ${right}. Leave that as it is, or ask somebody who has it.`;
    return [{ code: "FORBIDDEN", message, path: ["definition"] }];
  });
}
