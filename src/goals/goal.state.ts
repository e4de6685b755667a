import type { GoalContent, GoalEvent } from "./goal.events";
import { labelsIn, NO_LABELS, type Labels } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";

export type Goal = Readonly<{ id: string; isArchived: boolean; labels: Labels } & GoalContent>;

export type Goals = Map<string, Goal>;

export function evolveGoals(goals: Goals, { type, data }: GoalEvent): void {
  switch (type) {
    case "GoalCreated":
      goals.set(data.id, { id: data.id, isArchived: false, labels: NO_LABELS, ...contentIn(data) });
      return;
    case "GoalEdited":
      goals.set(data.id, { ...existingGoal(goals, data.id), ...contentIn(data) });
      return;
    case "GoalLabelled":
      goals.set(data.id, { ...existingGoal(goals, data.id), labels: labelsIn(data) });
      return;
    case "GoalArchived":
      goals.set(data.id, { ...existingGoal(goals, data.id), isArchived: true });
      return;
    case "GoalRestored":
      goals.set(data.id, { ...existingGoal(goals, data.id), isArchived: false });
      return;
  }
}

/** The content alone, of what holds more. */
export function contentIn({ name, description, events, valueProperty }: GoalContent): GoalContent {
  return { name, description, events, valueProperty };
}

function existingGoal(goals: Goals, id: string): Goal {
  const goal = goals.get(id);
  invariant(goal, `the stream changes goal "${id}" before it creates it`);
  return goal;
}
