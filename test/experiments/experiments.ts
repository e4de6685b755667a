import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import type { ExperimentDraft } from "../../src/experiments/experiment.decider";
import type { ExperimentContent, Variation } from "../../src/experiments/experiment.events";
import type { KeyType } from "../../src/keys/key.events";

export const app: AnyAppEvent = { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } };

export const environment = (name: string): AnyAppEvent => ({
  type: "EnvironmentCreated",
  data: { name, description: "", note: "" },
});
export const key = (name: string, type: KeyType = "INTEGER", data: object = {}): AnyAppEvent => ({
  type: "KeyCreated",
  data: {
    ...{
      name,
      type,
      defaultValue: 0,
      description: "",
      valueSchema: null,
      isVisibleToClients: true,
      note: "",
    },
    ...data,
  },
});
export const segment = (id: string, condition: object = { city: "Oslo" }): AnyAppEvent => ({
  type: "SegmentCreated",
  data: { id, name: id, description: "", condition: condition as never, clonedFrom: null, note: "" },
});
export const goal = (id: string): AnyAppEvent => ({
  type: "GoalCreated",
  data: {
    id,
    name: id,
    description: "",
    events: [{ name: "Charged", where: null }],
    valueProperty: null,
    note: "",
  },
});

/** An app in which there is what experiments are made of. */
export const shop: readonly AnyAppEvent[] = [
  app,
  environment("production"),
  environment("staging"),
  key("colour"),
  key("size"),
  segment("oslo"),
  segment("nobody", { $and: [{ $not: {} }] }),
  goal("bought"),
  goal("refunded"),
];

export const idOf = (name: string): string => `experiment_shop_${name}0`;

export const half = (name: string, ...values: Variation["values"]): Variation => ({
  name,
  weight: 50,
  values,
});
export const twoColours: readonly Variation[] = [half("control"), half("green", { key: "colour", value: 1 })];

/** As it is stored. */
export const content: ExperimentContent = {
  name: "Colours",
  description: "",
  environment: "production",
  segmentId: null,
  traffic: 100,
  bucketBy: null,
  bucketByFallback: null,
  variations: twoColours,
  goals: [{ goalId: "bought", isGuardrail: false }],
};

export const created = (name = "command", data: object = {}): AnyAppEvent => ({
  type: "ExperimentCreated",
  data: { id: idOf(name), note: "", ...content, ...data },
});
export const edited = (data: object, name = "command"): AnyAppEvent => ({
  type: "ExperimentEdited",
  data: { id: idOf(name), note: "", ...content, ...data },
});
export const archived = (name = "command"): AnyAppEvent => ({
  type: "ExperimentArchived",
  data: { id: idOf(name), note: "" },
});
export const restored = (name = "command"): AnyAppEvent => ({
  type: "ExperimentRestored",
  data: { id: idOf(name), note: "" },
});

export const create = (data: ExperimentDraft = {}): AppCommand => ({
  type: "CreateExperiment",
  data: { name: "Colours", variations: twoColours, goals: ["bought"], ...data } as never,
});
export const edit = (data: ExperimentDraft, name = "command"): AppCommand => ({
  type: "EditExperiment",
  data: { id: idOf(name), ...data },
});
export const archive = (name = "command", note?: string): AppCommand => ({
  type: "ArchiveExperiment",
  data: { id: idOf(name), note },
});
export const restore = (name = "command", note?: string): AppCommand => ({
  type: "RestoreExperiment",
  data: { id: idOf(name), note },
});
