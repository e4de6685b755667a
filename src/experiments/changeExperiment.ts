import type { ExperimentCommand, ExperimentDraft } from "./experiment.decider";
import type { CreateExperimentInput, EditExperimentInput, VariationInput } from "./experiment.inputs.graphql";
import { EXPERIMENT_ID_PREFIX, experimentsById } from "./experiment.nodes";
import type { ExperimentPayload } from "./experiment.payloads.graphql";
import type { Variation } from "./experiment.events";
import type { Context } from "../graphql/context";
import { appOfId, execute, withoutApp, type CommandOptions } from "../graphql/execute";
import { load } from "../graphql/load";

type Create = Extract<ExperimentCommand, { type: "CreateExperiment" }>;

export async function createExperiment(
  context: Context,
  app: string,
  command: Create,
  options: CommandOptions,
): Promise<ExperimentPayload> {
  const { errors, warnings, ...executed } = await execute(context, app, command, options);
  const id = executed.isDone ? executed.newId(EXPERIMENT_ID_PREFIX) : null;
  const experiment = id === null ? null : await load(context, experimentsById, id);
  return { experiment: experiment ?? null, errors, warnings };
}

/** The experiment as it is after a change; null if there are errors. */
export async function changeExperiment(
  context: Context,
  command: Exclude<ExperimentCommand, Create>,
  options: CommandOptions,
): Promise<ExperimentPayload> {
  const { id } = command.data;
  const { isDone, errors, warnings } = await execute(context, appOfId(id), command, options);
  if (!isDone) {
    const thing = { noun: "experiment", field: "experimentId" };
    return { experiment: null, errors: withoutApp(errors, thing), warnings };
  }
  return { experiment: (await load(context, experimentsById, id)) ?? null, errors, warnings };
}

/** What an input says of an experiment. Null is as good as absent where nothing can be taken away. */
export function draftIn(input: CreateExperimentInput | EditExperimentInput): ExperimentDraft {
  const { segmentId, bucketBy, bucketByFallback } = input;
  return {
    name: input.name ?? undefined,
    description: input.description ?? undefined,
    environment: input.environment ?? undefined,
    segmentId,
    traffic: input.traffic ?? undefined,
    bucketBy,
    bucketByFallback,
    variations: input.variations ? variationsIn(input.variations) : undefined,
    goals: input.goals ?? undefined,
    guardrails: input.guardrails ?? undefined,
    note: input.note ?? undefined,
  };
}

export function variationsIn(variations: readonly VariationInput[]): readonly Variation[] {
  return variations.map(({ name, weight, values }) => ({ name, weight, values: values ?? [] }));
}
