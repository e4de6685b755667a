import type { ExperimentContent, ExperimentEvent, Variation } from "./experiment.events";
import { contentIn, type Experiment } from "./experiment.state";
import { checkExperiment } from "./experimentCheck.policy";
import { experimentFormRefusals, guardrailRefusals, measuredGoals } from "./experimentForm.policy";
import { experimentWarnings } from "./experimentWarnings.policy";
import { storedVariations } from "./variations.policy";
import { PRODUCTION } from "../apps/app.events";
import type { AppState } from "../apps/app.state";
import {
  accept,
  refuse,
  withWarnings,
  type Circumstances,
  type Command,
  type Decision,
} from "../lib/decider";
import { jsonEquals } from "../lib/json";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";

/** Unarchived ones. */
export const EXPERIMENTS_PER_APP_MAX = 300;

/** What is left out of a new experiment is as usual; what is left out of an edit stays as it is. */
export type ExperimentCommand =
  | Command<"CreateExperiment", ExperimentDraft & { name: string; variations: readonly Variation[] }>
  | Command<"EditExperiment", ExperimentDraft & { id: string }>
  | Command<"ArchiveExperiment" | "RestoreExperiment", ArchiveOrRestore>;

type ArchiveOrRestore = { id: string; note?: string | undefined };

export type ExperimentDraft = Partial<
  Readonly<{
    name: string | undefined;
    description: string | undefined;
    environment: string | undefined;
    /** Null: everyone. */
    segmentId: string | null | undefined;
    traffic: number | undefined;
    bucketBy: string | null | undefined;
    bucketByFallback: string | null | undefined;
    variations: readonly Variation[] | undefined;
    /** Ids, the primary one first. */
    goals: readonly string[] | undefined;
    /** Those of the goals that are guardrails. */
    guardrails: readonly string[] | undefined;
    note: string | undefined;
  }>
>;

type DataOf<Type extends ExperimentCommand["type"]> = Extract<ExperimentCommand, { type: Type }>["data"];
type ExperimentDecision = Decision<ExperimentEvent>;

const COMMANDS: Readonly<Record<ExperimentCommand["type"], true>> = {
  CreateExperiment: true,
  EditExperiment: true,
  ArchiveExperiment: true,
  RestoreExperiment: true,
};

export function isExperimentCommand(command: { type: string }): command is ExperimentCommand {
  return Object.hasOwn(COMMANDS, command.type);
}

/** Decides over all experiments of an app. */
export function decideExperiment(
  command: ExperimentCommand,
  state: AppState,
  circumstances: Circumstances,
): ExperimentDecision {
  if (command.type === "CreateExperiment") return createExperiment(command.data, state, circumstances);
  const experiment = state.experiments.get(command.data.id);
  if (!experiment) return refuse(notFound(command.data.id));
  switch (command.type) {
    case "EditExperiment":
      return editExperiment(experiment, command.data, state);
    case "ArchiveExperiment":
      return archiveExperiment(experiment, command.data);
    case "RestoreExperiment":
      return restoreExperiment(experiment, command.data, state);
  }
}

const AT_FIRST: ExperimentContent = {
  name: "",
  description: "",
  environment: PRODUCTION,
  segmentId: null,
  traffic: 100,
  bucketBy: null,
  bucketByFallback: null,
  variations: [],
  goals: [],
};

function createExperiment(
  draft: DataOf<"CreateExperiment">,
  state: AppState,
  circumstances: Circumstances,
): ExperimentDecision {
  const { content, reasons: faults } = contentOfDraft(draft, AT_FIRST, null, state);
  const reasons = [...faults, ...limitRefusals(state)];
  if (reasons.length > 0) return refuse(...reasons);
  const id = circumstances.newId("experiment");
  const event: ExperimentEvent = {
    type: "ExperimentCreated",
    data: { id, note: draft.note ?? "", ...content },
  };
  return withWarnings(accept(event), experimentWarnings(content, state));
}

function editExperiment(
  experiment: Experiment,
  edit: DataOf<"EditExperiment">,
  state: AppState,
): ExperimentDecision {
  if (experiment.isArchived) return refuse(archived(experiment));
  const { id } = experiment;
  const { content, reasons } = contentOfDraft(edit, contentIn(experiment), id, state);
  if (reasons.length > 0) return refuse(...reasons);
  const warnings = experimentWarnings(content, state);
  return jsonEquals(content, contentIn(experiment))
    ? withWarnings(accept(), warnings)
    : withWarnings(
        accept({ type: "ExperimentEdited", data: { id, note: edit.note ?? "", ...content } }),
        warnings,
      );
}

/** What a draft makes of an experiment, as it is stored, and everything wrong with it. `id` is null for a new one. */
function contentOfDraft(
  draft: ExperimentDraft,
  before: ExperimentContent,
  id: string | null,
  state: AppState,
): Readonly<{ content: ExperimentContent; reasons: readonly Refusal[] }> {
  const { goals, guardrails } = goalsOfDraft(draft, before);
  const variations = draft.variations ?? before.variations;
  const content: ExperimentContent = {
    name: (draft.name ?? before.name).trim(),
    description: draft.description ?? before.description,
    environment: draft.environment ?? before.environment,
    segmentId: draft.segmentId === undefined ? before.segmentId : draft.segmentId,
    traffic: draft.traffic ?? before.traffic,
    bucketBy: draft.bucketBy === undefined ? before.bucketBy : draft.bucketBy,
    bucketByFallback: draft.bucketByFallback === undefined ? before.bucketByFallback : draft.bucketByFallback,
    variations: storedVariations(variations, state.keys),
    goals: measuredGoals(goals, guardrails),
  };
  const faults = experimentFormRefusals(content, draft.note ?? "");
  const reasons = [
    ...faults,
    ...guardrailRefusals(draft.guardrails ?? [], content.goals),
    ...takenRefusals(id, content.name, state),
    // What is too long is not looked at part by part.
    ...(faults.some(({ code }) => code === "LIMIT_REACHED") ? [] : checkExperiment(content, state)),
  ];
  return { content, reasons };
}

function goalsOfDraft(draft: ExperimentDraft, { goals }: ExperimentContent) {
  const guardrailsBefore = goals.filter(({ isGuardrail }) => isGuardrail).map(({ goalId }) => goalId);
  return {
    goals: draft.goals ?? goals.map(({ goalId }) => goalId),
    guardrails: draft.guardrails ?? guardrailsBefore,
  };
}

function archiveExperiment(
  { id, isArchived }: Experiment,
  { note = "" }: ArchiveOrRestore,
): ExperimentDecision {
  if (isArchived) return accept();
  const reasons = noteRefusals(note);
  return reasons.length > 0 ? refuse(...reasons) : accept({ type: "ExperimentArchived", data: { id, note } });
}

/** Only into an app where everything that it names is there. */
function restoreExperiment(
  experiment: Experiment,
  { note = "" }: ArchiveOrRestore,
  state: AppState,
): ExperimentDecision {
  const { id, name, isArchived } = experiment;
  if (!isArchived) return accept();
  const reasons = [
    ...noteRefusals(note),
    ...takenRefusals(id, name, state),
    ...limitRefusals(state),
    ...checkExperiment(experiment, state).map((reason) => ({ ...reason, path: ["experimentId"] })),
  ];
  return reasons.length > 0 ? refuse(...reasons) : accept({ type: "ExperimentRestored", data: { id, note } });
}

/** Names are unique among unarchived experiments. */
function takenRefusals(id: string | null, name: string, { experiments }: AppState): readonly Refusal[] {
  for (const experiment of experiments.values()) {
    if (experiment.name !== name || experiment.isArchived || experiment.id === id) continue;
    const message = `There is an experiment "${name}" already; choose another name.`;
    return [{ code: "TAKEN", message, path: ["name"] }];
  }
  return [];
}

function limitRefusals({ experiments }: AppState): readonly Refusal[] {
  let unarchived = 0;
  for (const { isArchived } of experiments.values()) if (!isArchived) unarchived += 1;
  if (unarchived < EXPERIMENTS_PER_APP_MAX) return [];
  const message = `An app has at most ${EXPERIMENTS_PER_APP_MAX} experiments that are not archived; archive one first.`;
  return [{ code: "LIMIT_REACHED", message, path: [] }];
}

function archived({ name }: Experiment): Refusal {
  const message = `Experiment "${name}" is archived; restore it first.`;
  return { code: "ARCHIVED", message, path: ["experimentId"] };
}

function notFound(id: string): Refusal {
  // The id may be anything of any length.
  const message = `There is no experiment "${id.slice(0, 200)}"; check its id.`;
  return { code: "NOT_FOUND", message, path: ["experimentId"] };
}
