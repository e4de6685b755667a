import type { Rule } from "./rule.events";
import type { Refusal } from "../lib/refusal";

/** A rule as a client sends it, without what it gives. */
export type RuleDraft = Readonly<{
  /** Of a rule of the latest version, to keep its id and seed; absent for a new rule. */
  id?: string | null | undefined;
  /** Of a rule that comes from elsewhere, which brings its seed along, and its id if it has one. */
  seed?: string | null | undefined;
  /** Absent or null: everyone. */
  segmentId?: string | null | undefined;
  /** Absent or null: 100. */
  percentage?: number | null | undefined;
  bucketBy?: string | null | undefined;
  bucketByFallback?: string | null | undefined;
}>;

/** A rule that is complete but for an id and a seed of its own; `id` is of the rule that it goes on from, if it says one. */
export type Unidentified<AnyRule extends Rule> = Omit<AnyRule, "id" | "seed"> &
  Readonly<{ id: string | null; seed: string | null }>;

/** What a draft leaves out is everyone, all of them, by their ids. */
export function completedRule(draft: RuleDraft): Unidentified<Rule> {
  return {
    id: draft.id ?? null,
    seed: draft.seed ?? null,
    segmentId: draft.segmentId ?? null,
    percentage: draft.percentage ?? 100,
    bucketBy: draft.bucketBy ?? null,
    bucketByFallback: draft.bucketByFallback ?? null,
  };
}

export type IdentityRules<AnyRule extends Rule> = Readonly<{
  /** The rules of the latest version. */
  known: readonly AnyRule[];
  newId: (prefix: string, ordinal?: number) => string;
  /** Whether two rules give the same, whomever they are for. */
  givesSame: (a: Unidentified<AnyRule>, b: Unidentified<AnyRule>) => boolean;
}>;

/**
 * Rules keep the id and seed of the rule that they name. One that names none is new, unless it is the same as a rule
 * that nobody names: so a client which sends its rules without ids twice changes nothing the second time.
 */
export function identifiedRules<AnyRule extends Rule>(
  drafts: readonly Unidentified<AnyRule>[],
  { known, newId, givesSame }: IdentityRules<AnyRule>,
): Readonly<{ rules: readonly AnyRule[]; reasons: readonly Refusal[] }> {
  const free = new Map(known.map((rule) => [rule.id, rule]));
  const reasons: Refusal[] = [];
  const named = drafts.map(({ id, seed }, index) => {
    if (id === null) return null;
    const rule = free.get(id);
    const isFromElsewhere = seed !== null && !known.some((other) => other.id === id);
    if (!rule && !isFromElsewhere) reasons.push(badRuleId(id, index, known));
    if (rule && seed !== null && seed !== rule.seed) reasons.push(otherSeed(id, index));
    free.delete(id);
    return rule ?? null;
  });
  const rules = drafts.map((draft, index) => {
    const isPlain = draft.id === null && draft.seed === null;
    const rule = named[index] ?? (isPlain ? takeSame(free, draft, givesSame) : null);
    const id = rule?.id ?? draft.id ?? newId("rule", index);
    const seed = rule?.seed ?? draft.seed ?? newId("seed", index);
    // As stored if it gives the same: the order in which a draft lists what it gives means nothing.
    const given = rule && givesSame(rule, draft) ? { ...rule, ...completedRule(draft) } : draft;
    // The draft has all members of a rule but these two.
    return { ...given, id, seed } as unknown as AnyRule;
  });
  return { rules, reasons };
}

function takeSame<AnyRule extends Rule>(
  free: Map<string, AnyRule>,
  draft: Unidentified<AnyRule>,
  givesSame: IdentityRules<AnyRule>["givesSame"],
): AnyRule | null {
  for (const rule of free.values()) {
    if (!isForSame(rule, draft) || !givesSame(rule, draft)) continue;
    free.delete(rule.id);
    return rule;
  }
  return null;
}

type For = Pick<Rule, "segmentId" | "percentage" | "bucketBy" | "bucketByFallback">;

function isForSame(rule: For, draft: For): boolean {
  return (
    rule.segmentId === draft.segmentId &&
    rule.percentage === draft.percentage &&
    rule.bucketBy === draft.bucketBy &&
    rule.bucketByFallback === draft.bucketByFallback
  );
}

function otherSeed(id: string, index: number): Refusal {
  const message = `The rule "${id}" keeps its seed, by which its users stay in it; leave the id out to choose them anew.`;
  return { code: "INVALID", message, path: ["rules", String(index), "seed"] };
}

function badRuleId(id: string, index: number, known: readonly Rule[]): Refusal {
  const isDoubled = known.some((rule) => rule.id === id);
  const message = isDoubled
    ? `Two rules have the id "${id}"; leave it out of the one that is new.`
    : `The latest version has no rule "${id.slice(0, 200)}"; leave the id out to add a rule.`;
  return { code: isDoubled ? "INVALID" : "NOT_FOUND", message, path: ["rules", String(index), "id"] };
}
