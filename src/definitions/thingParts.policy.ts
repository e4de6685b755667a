import { defineConfig, defineFlag, defineGoal, defineKey, defineSegment } from "./define.policy";
import type { ConfigDefinition, Definition, FlagDefinition } from "./definition.policy";
import type { Matches } from "./matching.policy";
import type { AppOwnCommand } from "../apps/appOwn.decider";
import type { AppState } from "../apps/app.state";
import type { EnvironmentCommand } from "../apps/environment.decider";
import type { ConfigCommand } from "../configs/config.decider";
import { withSegmentIds } from "../evaluation/condition";
import type { FlagCommand } from "../flags/flag.decider";
import type { GoalCommand } from "../goals/goal.decider";
import type { Goal } from "../goals/goal.state";
import type { KeyCommand } from "../keys/key.decider";
import type { LabelCommand, LabelledKind } from "../labels/label.decider";
import { labelsIn, NO_LABELS, type Labels } from "../labels/labels.policy";
import { idOfPart, type Part } from "../lib/decideAll";
import type { Circumstances } from "../lib/decider";
import { jsonEquals, type Json } from "../lib/json";
import type { Refusal } from "../lib/refusal";
import type { Release } from "../releases/release.state";
import type { SegmentCommand } from "../segments/segment.decider";
import type { Segment } from "../segments/segment.state";

export type ImportedCommand =
  | AppOwnCommand
  | EnvironmentCommand
  | KeyCommand
  | SegmentCommand
  | GoalCommand
  | ConfigCommand
  | FlagCommand
  | LabelCommand;

/** An import while it is being planned. */
export type Plan = Readonly<{
  definition: Definition;
  note: string;
  state: AppState;
  circumstances: Circumstances;
  parts: Part<ImportedCommand>[];
  /** What the app calls the segments of the definition, as far as they have been planned. */
  idOfHandle: Map<string, string>;
}>;

/** A key is the same one by its name, and has one type for ever. */
export function typeRefusals({ keys }: Definition, state: AppState): readonly Refusal[] {
  return keys.flatMap(({ name, type }, index) => {
    const key = state.keys.get(name);
    if (!key || key.type === type) return [];
    const message = `Key "${name}" is of type ${key.type} for ever; leave it so, or choose another name.`;
    return [{ code: "INVALID", message, path: ["definition", "keys", String(index), "type"] }];
  });
}

export function keyParts(plan: Plan): void {
  const { definition, state, note } = plan;
  definition.keys.forEach((wanted, index) => {
    const { name, type, defaultValue, description, valueSchema, isVisibleToClients } = wanted;
    const content = { name, defaultValue, description, valueSchema, isVisibleToClients };
    const known = state.keys.get(name) ?? null;
    addThing(plan, {
      kind: "Key",
      path: ["definition", "keys", String(index)],
      wanted,
      known: known && { ...known, id: name },
      newId: name,
      current: known && defineKey(known),
      create: { type: "CreateKey", data: { ...content, type, note } },
      edit: () => ({ type: "EditKey", data: { ...content, note } }),
      restore: () => ({ type: "RestoreKey", data: { name, note } }),
    });
  });
}

/** Each after those that it names, so that these are known by their ids. */
export function segmentParts(plan: Plan, order: readonly number[], matches: Matches<Segment>): void {
  const { definition, note } = plan;
  for (const index of order) {
    const wanted = definition.segments[index];
    if (!wanted) continue;
    const { name, description } = wanted;
    const condition = withSegmentIds(wanted.condition, (handle) => plan.idOfHandle.get(handle) ?? handle);
    const known = matches[index] ?? null;
    const id = addThing(plan, {
      kind: "Segment",
      path: ["definition", "segments", String(index)],
      wanted: { ...wanted, condition },
      known,
      current: known && defineSegment(known),
      create: { type: "CreateSegment", data: { name, description, condition, note } },
      edit: (of) => ({ type: "EditSegment", data: { id: of, name, description, condition, note } }),
      restore: (of) => ({ type: "RestoreSegment", data: { id: of, note } }),
    });
    plan.idOfHandle.set(wanted.id, id);
  }
}

export function goalParts(plan: Plan, matches: Matches<Goal>): void {
  const { definition, note } = plan;
  definition.goals.forEach((wanted, index) => {
    const { name, description, events, valueProperty } = wanted;
    const content = { name, description, events, valueProperty, note };
    const known = matches[index] ?? null;
    addThing(plan, {
      kind: "Goal",
      path: ["definition", "goals", String(index)],
      wanted,
      known,
      current: known && defineGoal(known),
      create: { type: "CreateGoal", data: content },
      edit: (id) => ({ type: "EditGoal", data: { id, ...content } }),
      restore: (id) => ({ type: "RestoreGoal", data: { id, note } }),
    });
  });
}

export function configParts(plan: Plan, matches: Matches<Release>): void {
  const { definition, note, circumstances } = plan;
  definition.configs.forEach((given, index) => {
    const wanted = { ...given, rules: given.rules.map((rule) => withSegmentId(plan, rule)) };
    const { name, description, keys, rules } = wanted;
    const content = { name, description, keys, rules, note };
    const known = matches[index] ?? null;
    addThing(plan, {
      kind: "Config",
      path: ["definition", "configs", String(index)],
      wanted: inOrder(wanted),
      known,
      current: known && defineConfig(known, (at) => circumstances.content(at)),
      create: { type: "CreateConfig", data: content },
      edit: (id) => ({ type: "EditConfig", data: { id, ...content } }),
      restore: (id) => ({ type: "RestoreConfig", data: { id, note } }),
    });
  });
}

export function flagParts(plan: Plan, matches: Matches<Release>): void {
  const { definition, note, circumstances } = plan;
  definition.flags.forEach((given, index) => {
    const wanted: FlagDefinition = { ...given, rules: given.rules.map((rule) => withSegmentId(plan, rule)) };
    const { name, description, key, rules } = wanted;
    const content = { name, description, key, rules, note };
    const known = matches[index] ?? null;
    addThing(plan, {
      kind: "Flag",
      path: ["definition", "flags", String(index)],
      wanted,
      known,
      current: known && defineFlag(known, (at) => circumstances.content(at)),
      create: { type: "CreateFlag", data: content },
      edit: (id) => ({ type: "EditFlag", data: { id, ...content } }),
      restore: (id) => ({ type: "RestoreFlag", data: { id, note } }),
    });
  });
}

function withSegmentId<AnyRule extends Readonly<{ segmentId: string | null }>>(
  { idOfHandle }: Plan,
  rule: AnyRule,
): AnyRule {
  const { segmentId } = rule;
  return segmentId === null ? rule : { ...rule, segmentId: idOfHandle.get(segmentId) ?? segmentId };
}

/** The order of keys and values means nothing. Commands keep it, since reasons point into what was sent. */
function inOrder(config: ConfigDefinition): ConfigDefinition {
  const rules = config.rules.map((rule) => {
    return { ...rule, values: [...rule.values].sort((a, b) => (a.key < b.key ? -1 : 1)) };
  });
  return { ...config, keys: [...config.keys].sort(), rules };
}

type Wish = Readonly<{
  kind: LabelledKind;
  path: readonly string[];
  wanted: Readonly<Record<string, unknown>> & Labels;
  known: Readonly<{ id: string; isArchived: boolean }> | null;
  /** Of what is not known yet, and brings its own. */
  newId?: string;
  /** What is known as a definition has it. */
  current: (Readonly<Record<string, unknown>> & Labels) | null;
  create: ImportedCommand;
  edit: (id: string) => ImportedCommand;
  restore: (id: string) => ImportedCommand;
}>;

/** Plans whatever makes one thing what it is to be, and answers its id. */
function addThing({ parts, note, circumstances }: Plan, wish: Wish): string {
  const { kind, path, wanted, known, current } = wish;
  const id = known?.id ?? wish.newId ?? idOfPart(circumstances, kind.toLowerCase(), parts.length);
  if (!known) parts.push({ command: wish.create, path });
  if (known?.isArchived === true) parts.push({ command: wish.restore(id), path, isExact: true });
  if (current && !isSame(current, wanted)) parts.push({ command: wish.edit(id), path });
  const labels = labelsIn(wanted);
  if (!jsonEquals(labels, labelsIn(current ?? NO_LABELS))) {
    parts.push({ command: { type: "SetLabels", data: { kind, id, ...labels, note } }, path });
  }
  return id;
}

/** But for ids, which are handles in one and the app's in the other, and labels, which are changed apart. */
function isSame(current: object, wanted: object): boolean {
  const rest = { id: null, ...labelsIn(NO_LABELS) };
  return jsonEquals({ ...current, ...rest } as Json, { ...wanted, ...rest } as Json);
}
