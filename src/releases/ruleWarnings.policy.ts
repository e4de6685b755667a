import type { Rule } from "./rule.events";
import { includedBuckets, BUCKETS } from "../evaluation/bucketing";
import type { Extents } from "../evaluation/extent";
import type { Warning } from "../lib/warning";

/** A rule, with the keys to which it gives values. */
export type GivingRule = Readonly<{ rule: Rule; sets: readonly string[] }>;

/** What warnings tell of a version: the keys, each with its place in the input, and the rules in their order. */
export type Offer = Readonly<{
  keys: readonly Readonly<{ name: string; path: readonly string[] }>[];
  rules: readonly GivingRule[];
}>;

export type NamedSegments = ReadonlyMap<string, Readonly<{ name: string }>>;

/** Everything odd about a version that is whole and may be saved and published. */
export function offerWarnings(offer: Offer, segments: NamedSegments, extents: Extents): readonly Warning[] {
  return [
    ...unsetKeys(offer),
    ...offer.rules.flatMap(({ rule }, index) => takesNobody(rule, index, segments, extents)),
    ...unreachableRules(offer, extents),
  ];
}

function unsetKeys({ keys, rules }: Offer): readonly Warning[] {
  const set = new Set(rules.flatMap(({ sets }) => sets));
  return keys
    .filter(({ name }) => !set.has(name))
    .map(({ name, path }) => ({
      code: "KEY_UNSET",
      message: `No rule sets "${name}", so everybody gets its default value.`,
      path,
    }));
}

function takesNobody(
  { percentage, segmentId }: Rule,
  index: number,
  segments: NamedSegments,
  extents: Extents,
): readonly Warning[] {
  const warnings: Warning[] = [];
  const at = ["rules", String(index)];
  if (percentage === 0) {
    const message = `Rule ${index + 1} takes 0 %, which is nobody; raise its percentage, or leave it out.`;
    warnings.push({ code: "PERCENTAGE_ZERO", message, path: [...at, "percentage"] });
  }
  if (segmentId !== null && extents.ofSegment(segmentId) === "NOBODY") {
    const name = segments.get(segmentId)?.name ?? segmentId;
    const message = `Rule ${index + 1} takes nobody, since nobody can belong to segment "${name}"; look at its condition.`;
    warnings.push({ code: "MATCHES_NOBODY", message, path: [...at, "segmentId"] });
  }
  return warnings;
}

/** A rule is never reached if for all that it sets, earlier ones take everybody whom it takes. */
function unreachableRules({ rules }: Offer, extents: Extents): readonly Warning[] {
  const everybody = "";
  /** By segment, and by the empty name for everybody: the keys that are decided there, with the number of the first rule. */
  const decided = new Map<string, Map<string, number>>();
  return rules.flatMap(({ rule, sets }, index) => {
    const own = groupOf(rule, extents) ?? everybody;
    const deciders = sets.map((key) => decided.get(everybody)?.get(key) ?? decided.get(own)?.get(key));
    if (takesAll(rule)) decide(decided, own, sets, index + 1);
    if (sets.length === 0 || deciders.includes(undefined)) return [];
    return [
      unreachable(
        index,
        [...new Set(deciders as number[])].sort((a, b) => a - b),
      ),
    ];
  });
}

/** The segment that limits a rule, or null if nothing does. */
function groupOf({ segmentId }: Rule, extents: Extents): string | null {
  return segmentId === null || extents.ofSegment(segmentId) === "EVERYBODY" ? null : segmentId;
}

const takesAll = ({ percentage }: Rule): boolean => includedBuckets(percentage) === BUCKETS;

function decide(
  decided: Map<string, Map<string, number>>,
  group: string,
  keys: readonly string[],
  rule: number,
): void {
  const known = decided.get(group) ?? new Map<string, number>();
  for (const key of keys) if (!known.has(key)) known.set(key, rule);
  decided.set(group, known);
}

function unreachable(index: number, earlier: readonly number[]): Warning {
  const [subject, verb] = earlier.length === 1 ? ["rule", "decides"] : ["rules", "decide"];
  const message =
    `Rule ${index + 1} is never reached: ${subject} ${earlier.join(", ")} before it ${verb} all that it sets, ` +
    `for everybody whom it takes. Move it up, or leave it out.`;
  return { code: "RULE_UNREACHABLE", message, path: ["rules", String(index)] };
}
