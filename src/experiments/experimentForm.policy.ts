import type { ExperimentContent, MeasuredGoal } from "./experiment.events";
import { variationsRefusals } from "./variations.policy";
import { isPercentage } from "../evaluation/bucketing";
import { propertyPathFault } from "../evaluation/propertyPath";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";
import { checkText, utf8Length } from "../lib/text";

export const EXPERIMENT_NAME_LENGTH_MAX = 120;
export const EXPERIMENT_DESCRIPTION_LENGTH_MAX = 1_000;
export const GOALS_PER_EXPERIMENT_MAX = 5;
/** Of a property's name that an experiment buckets by. */
export const BUCKET_BY_LENGTH_MAX = 200;
/** Of all that an experiment holds as JSON in UTF-8; the state keeps it. */
export const EXPERIMENT_BYTES_MAX = 128 * 1024;

/** Everything wrong with an experiment that can be said without knowing the app. */
export function experimentFormRefusals(content: ExperimentContent, note: string): readonly Refusal[] {
  const { name, description, traffic, variations, goals } = content;
  const faults = [
    ...refusals(
      ["name"],
      checkText("The name", name, { lengthMin: 1, lengthMax: EXPERIMENT_NAME_LENGTH_MAX }),
    ),
    ...refusals(
      ["description"],
      checkText("The description", description, { lengthMax: EXPERIMENT_DESCRIPTION_LENGTH_MAX }),
    ),
    ...(isPercentage(traffic)
      ? []
      : refusals(["traffic"], "The traffic is a percentage from 0 to 100 with at most two decimals.")),
    ...bucketRefusals(content),
    ...variationsRefusals(variations),
    ...goalsRefusals(goals),
    ...noteRefusals(note),
  ];
  return faults.length > 0 ? faults : sizeRefusals(content);
}

/** The goals in their order, as they are stored; which are guardrails is said beside them. */
export function measuredGoals(
  ids: readonly string[],
  guardrails: readonly string[],
): readonly MeasuredGoal[] {
  const isGuardrail = new Set(guardrails);
  return ids.map((goalId) => ({ goalId, isGuardrail: isGuardrail.has(goalId) }));
}

/** Refuses guardrails that are none of the goals; to be asked with what the input says. */
export function guardrailRefusals(
  guardrails: readonly string[],
  goals: readonly MeasuredGoal[],
): readonly Refusal[] {
  return guardrails.flatMap((id, index) =>
    goals.some(({ goalId }) => goalId === id)
      ? []
      : refusals(
          ["guardrails", String(index)],
          `"${id.slice(0, 200)}" is none of the experiment's goals; name it among them too, or leave it out here.`,
        ),
  );
}

function goalsRefusals(goals: readonly MeasuredGoal[]): readonly Refusal[] {
  if (goals.length === 0) return refusals(["goals"], "An experiment measures at least one goal; name one.");
  if (goals.length > GOALS_PER_EXPERIMENT_MAX) {
    const message = `An experiment measures at most ${GOALS_PER_EXPERIMENT_MAX} goals; these are ${goals.length}.`;
    return [{ code: "LIMIT_REACHED", message, path: ["goals"] }];
  }
  const doubled = goals.flatMap(({ goalId }, index) =>
    goals.findIndex((goal) => goal.goalId === goalId) === index
      ? []
      : refusals(["goals", String(index)], "This goal stands here twice; name each goal once."),
  );
  return goals[0]?.isGuardrail === true
    ? [...doubled, ...refusals(["guardrails"], "The first goal is the primary one and no guardrail.")]
    : doubled;
}

function bucketRefusals({ bucketBy, bucketByFallback }: ExperimentContent): readonly Refusal[] {
  const unnamed =
    bucketByFallback !== null && bucketBy === null
      ? refusals(["bucketByFallback"], `It stands in for a missing "bucketBy"; name that too.`)
      : [];
  return [
    ...propertyRefusals(bucketBy, "bucketBy"),
    ...propertyRefusals(bucketByFallback, "bucketByFallback"),
    ...unnamed,
  ];
}

function propertyRefusals(name: string | null, field: string): readonly Refusal[] {
  if (name === null) return [];
  const bounds = { lengthMin: 1, lengthMax: BUCKET_BY_LENGTH_MAX };
  return refusals([field], checkText("A property's name", name, bounds) ?? propertyPathFault(name));
}

function sizeRefusals(content: ExperimentContent): readonly Refusal[] {
  const bytes = utf8Length(JSON.stringify(content));
  if (bytes <= EXPERIMENT_BYTES_MAX) return [];
  const message = `An experiment has at most ${EXPERIMENT_BYTES_MAX} bytes as JSON; this one has ${bytes}. Shorten its values.`;
  return [{ code: "LIMIT_REACHED", message, path: ["variations"] }];
}

function refusals(path: readonly string[], message: string | null): readonly Refusal[] {
  return message === null ? [] : [{ code: "INVALID", message, path }];
}
