import type { ExperimentContent, ExperimentEvent } from "./experiment.events";
import { labelsIn, NO_LABELS, type Labels } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";

export type Experiment = Readonly<{ id: string; isArchived: boolean; labels: Labels } & ExperimentContent>;

/** By id, in order of creation. */
export type Experiments = Map<string, Experiment>;

export function evolveExperiments(experiments: Experiments, { type, data }: ExperimentEvent): void {
  switch (type) {
    case "ExperimentCreated":
      experiments.set(data.id, { id: data.id, isArchived: false, labels: NO_LABELS, ...contentIn(data) });
      return;
    case "ExperimentEdited":
      change(experiments, data.id, contentIn(data));
      return;
    case "ExperimentLabelled":
      change(experiments, data.id, { labels: labelsIn(data) });
      return;
    case "ExperimentArchived":
      change(experiments, data.id, { isArchived: true });
      return;
    case "ExperimentRestored":
      change(experiments, data.id, { isArchived: false });
      return;
  }
}

/** The content alone, of what holds more. */
export function contentIn(holder: ExperimentContent): ExperimentContent {
  const { name, description, environment, segmentId, traffic } = holder;
  const { bucketBy, bucketByFallback, variations, goals } = holder;
  return {
    ...{ name, description, environment, segmentId, traffic },
    ...{ bucketBy, bucketByFallback, variations, goals },
  };
}

/** Names of all keys that some variation sets, each once, in the order in which they come up. */
export function keysIn(variations: ExperimentContent["variations"]): readonly string[] {
  return [...new Set(variations.flatMap(({ values }) => values.map(({ key }) => key)))];
}

function change(experiments: Experiments, id: string, changed: Partial<Experiment>): void {
  const experiment = experiments.get(id);
  invariant(experiment, `the stream changes experiment "${id}" before it creates it`);
  experiments.set(id, { ...experiment, ...changed });
}
