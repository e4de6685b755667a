import type { Labels } from "../labels/labels.policy";
import type { Event } from "../lib/decider";
import type { Json } from "../lib/json";

/** What a variation gives; a key that it leaves out has the value that users get without the experiment. */
export type Variation = Readonly<{
  /** Tells it apart from the others of its experiment. */
  name: string;
  /** The share of the users in the experiment that get it, in percent. */
  weight: number;
  values: readonly VariationValue[];
}>;
export type VariationValue = Readonly<{ key: string; value: Json }>;

/** What is measured. The first goal is the primary one; a guardrail only must not get worse. */
export type MeasuredGoal = Readonly<{ goalId: string; isGuardrail: boolean }>;

/** What of an experiment can be edited; how much of it depends on its state. */
export type ExperimentContent = Readonly<{
  name: string;
  description: string;
  environment: string;
  /** Null: everyone. */
  segmentId: string | null;
  /** The share of them who are in the experiment, in percent. */
  traffic: number;
  /** The property whose value is the unit that is assigned; null: the user's id. */
  bucketBy: string | null;
  bucketByFallback: string | null;
  /** The first one is the control. */
  variations: readonly Variation[];
  goals: readonly MeasuredGoal[];
}>;

/** Names and shapes are the stored format: change them only by adding. */
export type ExperimentEvent =
  | Event<"ExperimentCreated", { id: string; note: string } & ExperimentContent>
  | Event<"ExperimentEdited", { id: string; note: string } & ExperimentContent>
  | Event<"ExperimentLabelled", { id: string; note: string } & Labels>
  | Event<"ExperimentArchived", { id: string; note: string }>
  | Event<"ExperimentRestored", { id: string; note: string }>;

const TYPES: Readonly<Record<ExperimentEvent["type"], true>> = {
  ExperimentCreated: true,
  ExperimentEdited: true,
  ExperimentLabelled: true,
  ExperimentArchived: true,
  ExperimentRestored: true,
};

export function isExperimentEvent(event: { type: string }): event is ExperimentEvent {
  return Object.hasOwn(TYPES, event.type);
}
