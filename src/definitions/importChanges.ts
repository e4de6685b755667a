import {
  defineApp,
  defineConfig,
  defineEnvironment,
  defineFlag,
  defineGoal,
  defineKey,
  defineSegment,
  type ContentAt,
} from "./define.policy";
import { KIND_IN, SECTIONS } from "./definition.policy";
import { copyOfAppState, evolveApp, type AnyAppEvent, type AppState } from "../apps/app.state";
import { reachOf } from "../apps/reach.policy";
import { CONFIG_CONTENT_DIFF } from "../configs/configDiff";
import { CONDITION_DIFF } from "../evaluation/diffCondition";
import { FLAG_CONTENT_DIFF } from "../flags/flagDiff";
import { goalDiff } from "../goals/goalDiff.policy";
import { diff } from "../lib/diff";
import { HIDDEN, JSON_VALUE, members, SET, type Difference, type MembersRule } from "../lib/diffRule";
import type { JsonObject } from "../lib/json";

export const DEFINITION_ACTIONS = ["CREATED", "CHANGED", "RESTORED", "ARCHIVED"] as const;
export type DefinitionAction = (typeof DEFINITION_ACTIONS)[number];

/** What an import makes of one thing. */
export type DefinitionChange = Readonly<{
  action: DefinitionAction;
  /** By GraphQL type name. */
  kind: string;
  name: string;
  differences: readonly Difference[];
  /** Where it changes what users get. */
  environments: readonly string[];
}>;

/** What these events make of everything that they are about, by kind and name. */
export function changesOf(
  before: AppState,
  events: readonly AnyAppEvent[],
  contentAt: ContentAt,
): readonly DefinitionChange[] {
  const after = copyOfAppState(before);
  const things = new Map<string, Touched>();
  events.forEach((event, index) => {
    // Revisions that no event of the log has.
    evolveApp(after, event, { revision: revisionOf(index), recordedAt: "", actor: "" });
    const named = thingOf(event);
    const thing = things.get(named.join()) ?? { kind: named[0], id: named[1], environments: new Set() };
    for (const environment of reachOf(event, before)) thing.environments.add(environment);
    things.set(named.join(), thing);
  });
  const contents: ContentAt = (reference) =>
    reference.revision < -1 ? events[-2 - reference.revision]?.data : contentAt(reference);
  return [...things.values()]
    .map((thing) => changeOf(thing, found(thing, before, contents), found(thing, after, contents)))
    .sort((a, b) => rank(a.kind) - rank(b.kind) || (a.name < b.name ? -1 : 1));
}

type Touched = Readonly<{ kind: string; id: string; environments: Set<string> }>;
/** `define` is asked for what is compared only. */
type Found = Readonly<{ name: string; isArchived: boolean; define: () => object }> | null;

const revisionOf = (index: number): number => -2 - index;
const KINDS: readonly string[] = ["App", ...SECTIONS.map((section) => KIND_IN[section])];
const rank = (kind: string): number => KINDS.indexOf(kind);

/** The kind starts the name of every event of its things. */
function thingOf({ type, data }: AnyAppEvent): readonly [kind: string, id: string] {
  const kind = KINDS.find((each) => type.startsWith(each)) ?? "";
  if ("id" in data) return [kind, data.id];
  return [kind, kind === "App" || !("name" in data) ? "" : data.name];
}

function found({ kind, id }: Touched, state: AppState, contentAt: ContentAt): Found {
  switch (kind) {
    case "App":
      return { name: state.name, isArchived: false, define: () => defineApp(state) };
    case "Environment":
      return foundIn(state.environments, id, defineEnvironment);
    case "Key":
      return foundIn(state.keys, id, defineKey);
    case "Segment":
      return foundIn(state.segments, id, defineSegment);
    case "Goal":
      return foundIn(state.goals, id, defineGoal);
    case "Config":
      return foundIn(state.configs, id, (config) => defineConfig(config, contentAt));
    default:
      return foundIn(state.flags, id, (flag) => defineFlag(flag, contentAt));
  }
}

function foundIn<Thing extends Readonly<{ name: string; isArchived: boolean }>>(
  things: ReadonlyMap<string, Thing>,
  id: string,
  define: (thing: Thing) => object,
): Found {
  const thing = things.get(id);
  return thing ? { name: thing.name, isArchived: thing.isArchived, define: () => define(thing) } : null;
}

function changeOf({ kind, environments }: Touched, before: Found, after: Found): DefinitionChange {
  const action = actionOf(before, after);
  return {
    action,
    kind,
    // What is renamed is found by its name of now.
    name: (before ?? after)?.name ?? "",
    differences: action === "ARCHIVED" ? [] : diff(documentOf(before), documentOf(after), ruleOf(kind)),
    environments: [...environments].sort(),
  };
}

function actionOf(before: Found, after: Found): DefinitionAction {
  if (!before) return "CREATED";
  if (after?.isArchived === true && !before.isArchived) return "ARCHIVED";
  return before.isArchived && after?.isArchived === false ? "RESTORED" : "CHANGED";
}

/** Definitions are JSON, as their schema says. */
const documentOf = (thing: Found): JsonObject | null => thing && (thing.define() as JsonObject);

const THING = { id: HIDDEN, tags: SET };
const RULES: ReadonlyMap<string, MembersRule> = new Map([
  ["App", members({ settings: members({}) })],
  ["Environment", members({})],
  ["Key", members({ ...THING, defaultValue: JSON_VALUE, valueSchema: JSON_VALUE })],
  ["Segment", members({ ...THING, condition: CONDITION_DIFF })],
  ["Goal", goalDiff(THING)],
  ["Config", members({ ...THING, ...CONFIG_CONTENT_DIFF.members })],
  ["Flag", members({ ...THING, ...FLAG_CONTENT_DIFF.members })],
]);

const ruleOf = (kind: string): MembersRule => RULES.get(kind) ?? members({});
