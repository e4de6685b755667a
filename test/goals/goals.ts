import type { AnyAppEvent } from "../../src/apps/app.state";
import type { GoalCommand } from "../../src/goals/goal.decider";
import type { TrackedEvent } from "../../src/goals/goal.events";

export const app: AnyAppEvent = { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } };

export const idOf = (name: string): string => `goal_shop_${name}`;

const charged: readonly TrackedEvent[] = [{ name: "Charged", where: null }];

export const contentOf = (name: string, content: object = {}) => ({
  id: idOf(name),
  name,
  description: "",
  events: charged,
  valueProperty: null,
  note: "",
  ...content,
});

export const goal = (name: string, content: object = {}): AnyAppEvent => ({
  type: "GoalCreated",
  data: contentOf(name, content),
});
export const edited = (name: string, content: object): AnyAppEvent => ({
  type: "GoalEdited",
  data: contentOf(name, content),
});
export const archived = (name: string): AnyAppEvent => ({
  type: "GoalArchived",
  data: { id: idOf(name), note: "gone" },
});
export const restored = (name: string): AnyAppEvent => ({
  type: "GoalRestored",
  data: { id: idOf(name), note: "" },
});

export const create = (data: object = {}): GoalCommand => ({
  type: "CreateGoal",
  data: { name: "Bought", events: [{ name: "Charged" }], ...data },
});
export const edit = (name: string, data: object): GoalCommand => ({
  type: "EditGoal",
  data: { id: idOf(name), ...data },
});
export const archive = (name: string, note?: string): GoalCommand => ({
  type: "ArchiveGoal",
  data: { id: idOf(name), note },
});
export const restore = (name: string, note?: string): GoalCommand => ({
  type: "RestoreGoal",
  data: { id: idOf(name), note },
});
