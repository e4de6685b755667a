import type { ExperimentContent } from "./experiment.events";
import { valuesRefusals } from "./variations.policy";
import type { AppState } from "../apps/app.state";
import { openEnvironments } from "../apps/environment.state";
import type { Refusal } from "../lib/refusal";

/** Every reason why an experiment cannot be so in this app: what it names is missing or archived, or a value does not fit its key. */
export function checkExperiment(content: ExperimentContent, state: AppState): readonly Refusal[] {
  return [
    ...environmentRefusals(content.environment, state),
    ...segmentRefusals(content.segmentId, "segmentId", state),
    ...valuesRefusals(content.variations, state.keys),
    ...goalRefusals(content, state),
  ];
}

export function environmentRefusals(environment: string, state: AppState): readonly Refusal[] {
  const open = openEnvironments(state);
  if (open.includes(environment)) return [];
  const message = `There is no environment "${environment.slice(0, 200)}" in this app, or it is archived; it has: ${open.join(", ")}.`;
  return [{ code: "NOT_FOUND", message, path: ["environment"] }];
}

/** `field` is where the input names the segment. */
export function segmentRefusals(
  segmentId: string | null,
  field: string,
  { segments }: AppState,
): readonly Refusal[] {
  if (segmentId === null) return [];
  const segment = segments.get(segmentId);
  if (!segment) {
    const message = `There is no segment "${segmentId.slice(0, 200)}" in this app; check its id.`;
    return [{ code: "NOT_FOUND", message, path: [field] }];
  }
  if (!segment.isArchived) return [];
  const message = `Segment "${segment.name}" is archived; restore it first, or choose another one.`;
  return [{ code: "ARCHIVED", message, path: [field] }];
}

function goalRefusals({ goals: measured }: ExperimentContent, { goals }: AppState): readonly Refusal[] {
  return measured.flatMap(({ goalId }, index): readonly Refusal[] => {
    const path = ["goals", String(index)];
    const goal = goals.get(goalId);
    if (!goal) {
      const message = `There is no goal "${goalId.slice(0, 200)}" in this app; check its id.`;
      return [{ code: "NOT_FOUND", message, path }];
    }
    if (!goal.isArchived) return [];
    const message = `Goal "${goal.name}" is archived; restore it first, or choose another one.`;
    return [{ code: "ARCHIVED", message, path }];
  });
}
