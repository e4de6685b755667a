import { SECTIONS, type Definition, type Section } from "./definition.policy";
import type { AppState } from "../apps/app.state";
import type { Refusal } from "../lib/refusal";

type Handled = Readonly<{ id: string; name: string }>;
type Known = Readonly<{ id: string; name: string; isArchived: boolean }>;

/** What each thing of a definition is in the app; null where it is a new one. */
export type Matches<Thing> = readonly (Thing | null)[];

/** An id names the thing that has it; what no id names is the unarchived thing of that name. Nothing is meant twice. */
export function matched<Thing extends Known>(
  wanted: readonly Handled[],
  known: ReadonlyMap<string, Thing>,
): Matches<Thing> {
  const byId = wanted.map(({ id }) => known.get(id) ?? null);
  const taken = new Set(byId.map((thing) => thing?.id));
  const free = [...known.values()].filter(({ id, isArchived }) => !isArchived && !taken.has(id));
  const byName = new Map(free.map((thing) => [thing.name, thing]));
  return wanted.map(({ name }, index) => byId[index] ?? byName.get(name.trim()) ?? null);
}

/** Those of the app that are not archived and not in the definition. */
export function unmatched<Thing extends Known>(
  matches: Matches<Thing>,
  known: ReadonlyMap<string, Thing>,
): readonly Thing[] {
  const kept = new Set(matches.map((thing) => thing?.id));
  return [...known.values()].filter(({ id, isArchived }) => !isArchived && !kept.has(id));
}

export type AllMatches = Readonly<{
  [List in "segments" | "goals" | "configs" | "flags"]: Matches<MatchedThing<List>>;
}>;
type MatchedThing<List extends "segments" | "goals" | "configs" | "flags"> =
  AppState[List] extends Map<string, infer Thing> ? Thing : never;

export function matchesIn({ segments, goals, configs, flags }: Definition, state: AppState): AllMatches {
  return {
    segments: matched(segments, state.segments),
    goals: matched(goals, state.goals),
    configs: matched(configs, state.configs),
    flags: matched(flags, state.flags),
  };
}

/** Two things of one name or id in one list, and two rules of one id. */
export function doubledRefusals(definition: Definition): readonly Refusal[] {
  const rules = [...rulesIn(definition, "configs"), ...rulesIn(definition, "flags")];
  return [
    ...SECTIONS.flatMap((section) => [
      ...doubled(membersOf(definition, section, "name"), "name"),
      ...doubled(membersOf(definition, section, "id"), "id"),
    ]),
    ...doubled(rules, "id"),
  ];
}

type Placed = Readonly<{ text: string; path: readonly string[] }>;

function membersOf(definition: Definition, section: Section, member: "name" | "id"): readonly Placed[] {
  const things: readonly Partial<Handled>[] = definition[section];
  return things.flatMap((thing, index) => {
    const text = thing[member]?.trim();
    return text === undefined ? [] : [{ text, path: ["definition", section, String(index), member] }];
  });
}

function rulesIn(definition: Definition, section: "configs" | "flags"): readonly Placed[] {
  const releases: readonly Readonly<{ rules: readonly Readonly<{ id?: string }>[] }>[] = definition[section];
  return releases.flatMap(({ rules }, index) =>
    rules.flatMap(({ id }, position) =>
      id === undefined
        ? []
        : [{ text: id, path: ["definition", section, String(index), "rules", String(position), "id"] }],
    ),
  );
}

function doubled(members: readonly Placed[], what: "name" | "id"): readonly Refusal[] {
  const seen = new Set<string>();
  return members.flatMap(({ text, path }) => {
    const isDoubled = seen.has(text);
    seen.add(text);
    const message = `The ${what} "${text.slice(0, 200)}" stands here twice; give one of them another.`;
    return isDoubled ? [{ code: "INVALID", message, path } as const] : [];
  });
}
