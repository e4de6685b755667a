import type { GoalEvent } from "./goal.events";
import { contentIn, type Goal } from "./goal.state";
import { goalContent, type GoalForm, type WantedEvent } from "./goalForm.policy";
import type { AppState } from "../apps/app.state";
import { inUseRefusals, whoUses, type UserSource } from "../apps/uses.policy";
import { accept, refuse, type Circumstances, type Command, type Decision } from "../lib/decider";
import { jsonEquals } from "../lib/json";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";

/** Unarchived ones. */
export const GOALS_PER_APP_MAX = 500;

/** What is left out of a new goal is empty or absent; what is left out of an edit stays as it is. */
export type GoalCommand =
  | Command<"CreateGoal", { name: string; events: readonly WantedEvent[] } & Describing>
  | Command<
      "EditGoal",
      {
        id: string;
        name?: string | undefined;
        events?: readonly WantedEvent[] | undefined;
      } & Describing
    >
  | Command<"ArchiveGoal" | "RestoreGoal", ArchiveOrRestore>;

/** `valueProperty: null` takes the value property away. */
type Describing = {
  description?: string | undefined;
  valueProperty?: string | null | undefined;
  note?: string | undefined;
};
type ArchiveOrRestore = { id: string; note?: string | undefined };
type DataOf<Type extends GoalCommand["type"]> = Extract<GoalCommand, { type: Type }>["data"];

/** Decides over all goals of an app; `usersOf` tells who uses one. */
export function createGoalDecider(usersOf: UserSource) {
  return {
    decide(command: GoalCommand, state: AppState, circumstances: Circumstances): Decision<GoalEvent> {
      if (command.type === "CreateGoal") return createGoal(command.data, state, circumstances);
      const goal = state.goals.get(command.data.id);
      if (!goal) return refuse(notFound(command.data.id));
      switch (command.type) {
        case "EditGoal":
          return editGoal(goal, command.data, state);
        case "ArchiveGoal":
          return archiveGoal(goal, command.data, usersOf, state);
        case "RestoreGoal":
          return restoreGoal(goal, command.data, state);
      }
    },
  };
}

export const goalDecider = createGoalDecider(whoUses);

const COMMANDS: ReadonlySet<string> = new Set<GoalCommand["type"]>([
  "CreateGoal",
  "EditGoal",
  "ArchiveGoal",
  "RestoreGoal",
]);

export function isGoalCommand(command: { type: string }): command is GoalCommand {
  return COMMANDS.has(command.type);
}

function createGoal(
  { name, events, description = "", valueProperty = null, note = "" }: DataOf<"CreateGoal">,
  state: AppState,
  circumstances: Circumstances,
): Decision<GoalEvent> {
  const { content, reasons: faults } = goalContent({ name, description, events, valueProperty, note });
  const reasons = [...faults, ...takenRefusals(null, content.name, state), ...limitRefusals(state)];
  if (reasons.length > 0) return refuse(...reasons);
  return accept({ type: "GoalCreated", data: { id: circumstances.newId("goal"), note, ...content } });
}

function editGoal(goal: Goal, edit: DataOf<"EditGoal">, state: AppState): Decision<GoalEvent> {
  if (goal.isArchived) return refuse(archived(goal));
  const { note = "" } = edit;
  const toBe: GoalForm = {
    name: edit.name ?? goal.name,
    description: edit.description ?? goal.description,
    events: edit.events ?? goal.events,
    valueProperty: edit.valueProperty === undefined ? goal.valueProperty : edit.valueProperty,
    note,
  };
  const { content, reasons: faults } = goalContent(toBe);
  const reasons = [...faults, ...takenRefusals(goal.id, content.name, state)];
  if (reasons.length > 0) return refuse(...reasons);
  return jsonEquals(content, contentIn(goal))
    ? accept()
    : accept({ type: "GoalEdited", data: { id: goal.id, note, ...content } });
}

function archiveGoal(
  { id, name, isArchived }: Goal,
  { note = "" }: ArchiveOrRestore,
  usersOf: UserSource,
  state: AppState,
): Decision<GoalEvent> {
  if (isArchived) return accept();
  const usedBy = usersOf(state, { kind: "Goal", id });
  const reasons = [...noteRefusals(note), ...inUseRefusals("goal", name, ["goalId"], usedBy)];
  return reasons.length > 0 ? refuse(...reasons) : accept({ type: "GoalArchived", data: { id, note } });
}

function restoreGoal(
  { id, name, isArchived }: Goal,
  { note = "" }: ArchiveOrRestore,
  state: AppState,
): Decision<GoalEvent> {
  if (!isArchived) return accept();
  const reasons = [...noteRefusals(note), ...takenRefusals(id, name, state), ...limitRefusals(state)];
  return reasons.length > 0 ? refuse(...reasons) : accept({ type: "GoalRestored", data: { id, note } });
}

/** Names are unique among unarchived goals. */
function takenRefusals(id: string | null, name: string, { goals }: AppState): readonly Refusal[] {
  for (const goal of goals.values()) {
    if (goal.name !== name || goal.isArchived || goal.id === id) continue;
    const message = `There is a goal "${name}" already; choose another name.`;
    return [{ code: "TAKEN", message, path: ["name"] }];
  }
  return [];
}

function limitRefusals({ goals }: AppState): readonly Refusal[] {
  let unarchived = 0;
  for (const { isArchived } of goals.values()) if (!isArchived) unarchived += 1;
  if (unarchived < GOALS_PER_APP_MAX) return [];
  const message = `An app has at most ${GOALS_PER_APP_MAX} goals that are not archived; archive one first.`;
  return [{ code: "LIMIT_REACHED", message, path: [] }];
}

function archived({ name }: Goal): Refusal {
  return { code: "ARCHIVED", message: `Goal "${name}" is archived; restore it first.`, path: ["goalId"] };
}

function notFound(id: string): Refusal {
  // The id may be anything of any length.
  const message = `There is no goal "${id.slice(0, 200)}"; check its id.`;
  return { code: "NOT_FOUND", message, path: ["goalId"] };
}
