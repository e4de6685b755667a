import { FIRST_KEY, userSlices } from "../audience/userSlices";
import { compile, type Ruleset } from "../evaluation/compile";
import { evaluate } from "../evaluation/evaluate";
import { explain } from "../evaluation/explain";
import type { Answer, Explanation, RulesetSource, User } from "../evaluation/model";
import { rulesetNeeds, type Needs } from "../evaluation/needs";
import { jsonEquals, type Json } from "../lib/json";
import type { Queryable } from "../postgres/database";
import { othersServed } from "../sizes/memberCounter";

/** Kept apart by key, values and rules; what is more is only counted. */
const TRANSITIONS_MAX = 1_000;
const EXAMPLES_MAX = 10;
const SLICE_USERS = 5_000;
const ANSWERS_AT_ONCE = 5_000;

export type CompareRequest = Readonly<{
  before: RulesetSource;
  after: RulesetSource;
  /** Those that may become others. */
  keys: readonly string[];
  nowMs: number;
  usersMax: number;
}>;

/** So many users get another value of a key, by other rules. A rule is null for a default. */
export type Transition = Readonly<{
  key: string;
  from: Json;
  to: Json;
  fromRule: string | null;
  toRule: string | null;
  users: number;
}>;

/** One of those whose values change: why they get what they get, and what they would get. */
export type Example = Readonly<{ userId: string; before: Explanation; after: Explanation }>;

export type Compared = Readonly<{
  users: number;
  usersChanged: number;
  /** The most frequent first. */
  transitions: readonly Transition[];
  /** How many changes are of none of these. */
  otherChanges: number;
  examples: readonly Example[];
  /** Whether that was everybody who is known. */
  isAll: boolean;
}>;

/** What users get by one ruleset and by another one: the users with the first keys, who are as good as drawn by lot. */
export async function compareRulesets(
  database: Queryable,
  { before, after, keys, nowMs, usersMax }: CompareRequest,
  report: (users: number) => Promise<void>,
): Promise<Compared> {
  const comparison = newComparison(compile(before), compile(after), keys, nowMs);
  const usersAtOnce = Math.max(1, Math.floor(ANSWERS_AT_ONCE / Math.max(1, 2 * keys.length)));
  const slices = userSlices(database, before, {
    ...{ needs: bothNeeds(rulesetNeeds(before), rulesetNeeds(after)), nowMs, afterKey: FIRST_KEY },
    ...{ sliceUsers: SLICE_USERS, usersMax },
  });
  let looked = 0;
  let isAll = true;
  for await (const { users, isLast } of slices) {
    for (const [index, user] of users.entries()) {
      comparison.add(user);
      if ((index + 1) % usersAtOnce === 0) await othersServed();
    }
    looked += users.length;
    isAll = isLast;
    await report(looked);
  }
  return { users: looked, ...comparison.made(), isAll };
}

function bothNeeds(one: Needs, other: Needs): Needs {
  const { horizonMs } = one;
  const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])].sort();
  return {
    properties: union(one.properties, other.properties),
    events: union(one.events, other.events),
    horizonMs: horizonMs === null || other.horizonMs === null ? null : Math.max(horizonMs, other.horizonMs),
  };
}

function newComparison(before: Ruleset, after: Ruleset, keys: readonly string[], nowMs: number) {
  const transitions = new Map<string, { -readonly [Name in keyof Transition]: Transition[Name] }>();
  const examples: Example[] = [];
  let usersChanged = 0;
  let otherChanges = 0;

  function count(from: Answer, to: Answer): void {
    const rules = [from.rule?.id ?? null, to.rule?.id ?? null] as const;
    const name = JSON.stringify([from.key, from.value, to.value, ...rules]);
    const known = transitions.get(name);
    if (known) known.users += 1;
    else if (transitions.size >= TRANSITIONS_MAX) otherChanges += 1;
    else {
      const [fromRule, toRule] = rules;
      const values = { key: from.key, from: from.value, to: to.value };
      transitions.set(name, { ...values, fromRule, toRule, users: 1 });
    }
  }

  return {
    add(user: User): void {
      const now = evaluate(before, user, nowMs, keys);
      const then = evaluate(after, user, nowMs, keys);
      let changed: string | null = null;
      now.forEach((from, index) => {
        const to = then[index];
        if (!to || from.value === to.value || jsonEquals(from.value, to.value)) return;
        changed ??= from.key;
        count(from, to);
      });
      if (changed === null) return;
      usersChanged += 1;
      if (examples.length === EXAMPLES_MAX) return;
      const whyOf = (ruleset: Ruleset): Explanation => explain(ruleset, changed ?? "", user, nowMs);
      examples.push({ userId: user.id, before: whyOf(before), after: whyOf(after) });
    },
    made: () => ({
      ...{ usersChanged, otherChanges, examples },
      transitions: [...transitions.values()].sort((a, b) => b.users - a.users || (a.key < b.key ? -1 : 1)),
    }),
  };
}
