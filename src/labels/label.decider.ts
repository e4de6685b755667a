import { checkLabels } from "./labelForm.policy";
import { labelsIn, type Labels } from "./labels.policy";
import type { AnyAppEvent, AppState } from "../apps/app.state";
import { releasesOf, type KnownRelease } from "../apps/uses.policy";
import { accept, refuse, type Command, type Decision } from "../lib/decider";
import { jsonEquals } from "../lib/json";
import { noteRefusals } from "../lib/note";

/** The kinds of things that have labels, by GraphQL type name. */
export type LabelledKind = "Key" | "Segment" | "Goal" | "Experiment" | KnownRelease["kind"];

/** Names a key by its name, and everything else by its id. What is left out stays as it is; null takes it away. */
export type LabelCommand = Command<
  "SetLabels",
  {
    kind: string;
    id: string;
    tags?: readonly string[] | undefined;
    owner?: string | null | undefined;
    removeBy?: string | null | undefined;
    note?: string | undefined;
  }
>;

export function isLabelCommand(command: { type: string }): command is LabelCommand {
  return command.type === "SetLabels";
}

type Labelled = Readonly<{ kind: LabelledKind; name: string; isArchived: boolean; labels: Labels }>;

export function decideLabels({ data }: LabelCommand, state: AppState): Decision<AnyAppEvent> {
  const thing = findThing(data, state);
  if (!thing) {
    const message = `There is nothing with this id that has labels; check it.`;
    return refuse({ code: "NOT_FOUND", message, path: ["id"] });
  }
  if (thing.isArchived) {
    const message = `"${thing.name}" is archived; restore it first.`;
    return refuse({ code: "ARCHIVED", message, path: ["id"] });
  }
  const { note = "", owner, removeBy } = data;
  const { labels, reasons } = checkLabels({
    tags: data.tags ?? thing.labels.tags,
    owner: owner === undefined ? thing.labels.owner : owner,
    removeBy: removeBy === undefined ? thing.labels.removeBy : removeBy,
  });
  const all = [...reasons, ...noteRefusals(note)];
  if (all.length > 0) return refuse(...all);
  if (jsonEquals(labels, thing.labels)) return accept();
  return accept(labelled(thing.kind, data.id, labels, note));
}

function findThing({ kind, id }: LabelCommand["data"], state: AppState): Labelled | null {
  const found = {
    Key: state.keys,
    Segment: state.segments,
    Goal: state.goals,
    Experiment: state.experiments,
  };
  switch (kind) {
    case "Key":
    case "Segment":
    case "Goal":
    case "Experiment": {
      const thing = found[kind].get(id);
      return thing ? { kind, ...thing, labels: labelsIn(thing.labels) } : null;
    }
    default: {
      const known = releasesOf(state).find((each) => each.kind === kind && each.release.id === id);
      return known ? { ...known.release, kind: known.kind } : null;
    }
  }
}

function labelled(kind: LabelledKind, id: string, labels: Labels, note: string): AnyAppEvent {
  return kind === "Key"
    ? { type: "KeyLabelled", data: { name: id, note, ...labels } }
    : { type: `${kind}Labelled`, data: { id, note, ...labels } };
}
