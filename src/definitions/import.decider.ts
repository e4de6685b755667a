import { importParts, type Import } from "./importPlan.policy";
import { importRightRefusals } from "./importRights.policy";
import type { ImportedCommand } from "./thingParts.policy";
import { archivedApp, noSuchApp } from "../apps/appOwn.decider";
import { copyOfAppState, type AnyAppEvent, type AppState } from "../apps/app.state";
import { decideAll } from "../lib/decideAll";
import {
  accept,
  refuse,
  withWarnings,
  type Circumstances,
  type Command,
  type Decider,
  type Decision,
} from "../lib/decider";
import type { Refusal } from "../lib/refusal";
import { refuseAll } from "../releases/releaseRules.policy";

/** Makes an app what a definition says: all of it, or nothing. */
export type ImportCommand = Command<"ImportApp", Import & { expectedRevision?: number | undefined }>;

/** The decider of everything that an import comes to. */
export type Single = Pick<Decider<AppState, ImportedCommand, AnyAppEvent>, "decide" | "evolve">;

export function decideImport(
  { data }: ImportCommand,
  state: AppState,
  circumstances: Circumstances,
  single: Single,
): Decision<AnyAppEvent> {
  if (state.slug === null) return refuse(noSuchApp);
  if (state.isArchived) return refuse(archivedApp);
  const conflict = revisionRefusals(data.expectedRevision, circumstances.revision);
  if (conflict.length > 0) return refuse(...conflict);
  const { parts, reasons } = importParts(data, state, circumstances);
  if (reasons.length > 0) return refuseAll(reasons);
  const decision = decideAll(single, parts, copyOfAppState(state), circumstances);
  if (decision.outcome === "refused") return refuseAll(decision.reasons);
  const withheld = importRightRefusals(decision.events, circumstances);
  if (withheld.length > 0) return refuse(...withheld);
  // Most of a definition is as the app is already, which is nothing odd here.
  const warnings = (decision.warnings ?? []).filter(({ code }) => code !== "NOTHING_CHANGES");
  return withWarnings(accept(...decision.events), warnings);
}

function revisionRefusals(expected: number | undefined, actual: number): readonly Refusal[] {
  if (expected === undefined || expected === actual) return [];
  const message =
    `The app is at revision ${actual} and not at ${expected} any more, so this would undo what others changed meanwhile. ` +
    `Export it again, and bring your change into that.`;
  return [{ code: "VERSION_CONFLICT", message, path: ["expectedRevision"], versions: { expected, actual } }];
}
