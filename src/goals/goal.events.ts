import type { Labels } from "../labels/labels.policy";
import type { Event } from "../lib/decider";
import type { JsonObject } from "../lib/json";

/** An event that a goal tracks: by its name, and if `where` is not null only if its properties fit. */
export type TrackedEvent = Readonly<{ name: string; where: JsonObject | null }>;

/** What of a goal can be edited. `valueProperty` is the path of the numeric property whose sum is measured, or null. */
export type GoalContent = Readonly<{
  name: string;
  description: string;
  events: readonly TrackedEvent[];
  valueProperty: string | null;
}>;

/** Names and shapes are the stored format: change them only by adding. */
export type GoalEvent =
  | Event<"GoalCreated", { id: string; note: string } & GoalContent>
  | Event<"GoalEdited", { id: string; note: string } & GoalContent>
  | Event<"GoalLabelled", { id: string; note: string } & Labels>
  | Event<"GoalArchived", { id: string; note: string }>
  | Event<"GoalRestored", { id: string; note: string }>;
