import type { ConfigContent, ConfigRule, ConfigValue } from "./config.events";
import { formRefusals } from "./configForm.policy";
import type { Keys } from "../keys/key.state";
import { checkValue } from "../keys/value.policy";
import { jsonEquals } from "../lib/json";
import type { Refusal } from "../lib/refusal";

/** What a client sends of a config's content; what is left out stays as the latest version has it. */
export type ConfigDraft = Readonly<{
  keys?: readonly string[] | undefined;
  rules?: readonly RuleDraft[] | undefined;
}>;

export type RuleDraft = Readonly<{
  /** Of a rule of the latest version, to keep its id and seed; absent for a new rule. */
  id?: string | null | undefined;
  /** Absent or null: everyone. */
  segmentId?: string | null | undefined;
  /** Absent or null: 100. */
  percentage?: number | null | undefined;
  bucketBy?: string | null | undefined;
  bucketByFallback?: string | null | undefined;
  values: readonly ConfigValue[];
}>;

type NewId = (prefix: string, ordinal?: number) => string;

/** The content that a draft makes, as it is stored, and everything wrong with its form. */
export function contentOfDraft(
  draft: ConfigDraft,
  latest: ConfigContent | null,
  keys: Keys,
  newId: NewId,
): Readonly<{ content: ConfigContent; reasons: readonly Refusal[] }> {
  const keysWanted = draft.keys ?? latest?.keys ?? [];
  const known = latest?.rules ?? [];
  const idFaults: Refusal[] = [];
  const rules = draft.rules
    ? identified(
        draft.rules.map((rule) => completed(rule, keys)),
        known,
        newId,
        idFaults,
      )
    : known;
  const content = { keys: keysWanted, rules };
  return { content, reasons: [...idFaults, ...formRefusals(content)] };
}

type UnidentifiedRule = Omit<ConfigRule, "id" | "seed"> & Readonly<{ id: string | null }>;

function completed(draft: RuleDraft, keys: Keys): UnidentifiedRule {
  return {
    id: draft.id ?? null,
    segmentId: draft.segmentId ?? null,
    percentage: draft.percentage ?? 100,
    bucketBy: draft.bucketBy ?? null,
    bucketByFallback: draft.bucketByFallback ?? null,
    values: draft.values.map((given) => stored(given, keys)),
  };
}

/** The value as its key's type stores it; what does not fit is left as it is, for the check to say so. */
function stored({ key: name, value }: ConfigValue, keys: Keys): ConfigValue {
  const key = keys.get(name);
  const checked = key ? checkValue(key, value) : { value };
  return { key: name, value: "value" in checked ? checked.value : value };
}

/**
 * Rules keep the id and seed of the rule that they name. One that names none is new, unless it is the same as a rule
 * that nobody names: so a client which sends its rules without ids twice changes nothing the second time.
 */
function identified(
  drafts: readonly UnidentifiedRule[],
  known: readonly ConfigRule[],
  newId: NewId,
  faults: Refusal[],
): readonly ConfigRule[] {
  const free = new Map(known.map((rule) => [rule.id, rule]));
  const named = drafts.map(({ id }, index) => {
    if (id === null) return null;
    const rule = free.get(id);
    if (!rule) faults.push(badRuleId(id, index, known));
    free.delete(id);
    return rule ?? null;
  });
  return drafts.map((draft, index) => {
    const rule = named[index] ?? (draft.id === null ? takeSame(free, draft) : null);
    if (!rule) return { ...draft, id: newId("rule", index), seed: newId("seed", index) };
    const values = isSameValues(rule.values, draft.values) ? rule.values : draft.values;
    return { ...draft, id: rule.id, seed: rule.seed, values };
  });
}

function takeSame(free: Map<string, ConfigRule>, draft: UnidentifiedRule): ConfigRule | null {
  for (const rule of free.values()) {
    if (!isSameRule(rule, draft)) continue;
    free.delete(rule.id);
    return rule;
  }
  return null;
}

function isSameRule(rule: ConfigRule, draft: UnidentifiedRule): boolean {
  return (
    rule.segmentId === draft.segmentId &&
    rule.percentage === draft.percentage &&
    rule.bucketBy === draft.bucketBy &&
    rule.bucketByFallback === draft.bucketByFallback &&
    isSameValues(rule.values, draft.values)
  );
}

/** Their order means nothing. */
function isSameValues(a: readonly ConfigValue[], b: readonly ConfigValue[]): boolean {
  if (a.length !== b.length) return false;
  const values = new Map(a.map(({ key, value }) => [key, value]));
  return b.every(({ key, value }) => values.has(key) && jsonEquals(values.get(key), value));
}

function badRuleId(id: string, index: number, known: readonly ConfigRule[]): Refusal {
  const isDoubled = known.some((rule) => rule.id === id);
  const message = isDoubled
    ? `Two rules have the id "${id}"; leave it out of the one that is new.`
    : `The latest version has no rule "${id.slice(0, 200)}"; leave the id out to add a rule.`;
  return { code: isDoubled ? "INVALID" : "NOT_FOUND", message, path: ["rules", String(index), "id"] };
}
