import { randomOf, type Random } from "./history/random";
import { bucket, includes } from "../../src/evaluation/bucketing";
import { claimsOf } from "../../src/statistics/claims";
import { measure } from "../../src/statistics/measured";
import type { Aggregates, GoalData } from "../../src/statistics/result";
import { resultsOf } from "../../src/statistics/results";
import { DEFAULT_SETTINGS } from "../../src/statistics/settings";
import type { Sums } from "../../src/statistics/sums";

type Kind = "RATE" | "VALUE";
const { alpha, tunedFor } = DEFAULT_SETTINGS;

/** What one user comes to where the experiment changes nothing: one in ten converts, with a skewed value. */
function userOf(kind: Kind, random: Random): number {
  if (!random.chance(0.1)) return 0;
  return kind === "RATE" ? 1 : -40 * Math.log(random.between(1, 1_000_000) / 1_000_000);
}

export type Looks = Readonly<{ seed: string; kind: Kind; experiments: number; users: number; every: number }>;

/**
 * Experiments without an effect, looked at whenever `every` more users came to each of the two variations. Counts those in which a
 * method claimed an effect at any look: for the always-valid interval that is one that missed the truth.
 */
export function claimsUnderLooking({ seed, kind, experiments, users, every }: Looks) {
  let alwaysValid = 0;
  let fixedHorizon = 0;
  for (let index = 0; index < experiments; index += 1) {
    const claimed = lookAtOne(randomOf(`${seed}/${index}`), { kind, users, every });
    if (claimed.alwaysValid) alwaysValid += 1;
    if (claimed.fixedHorizon) fixedHorizon += 1;
  }
  return { alwaysValid, fixedHorizon };
}

function lookAtOne(random: Random, { kind, users, every }: Pick<Looks, "kind" | "users" | "every">) {
  const groups = [nobody(), nobody()] as const;
  const claimed = { alwaysValid: false, fixedHorizon: false };
  for (let user = 1; user <= users; user += 1) {
    for (const group of groups) add(group, userOf(kind, random));
    if (user % every !== 0) continue;
    const [control, variation] = measure({ kind, variations: groups }).variations;
    if (!control || !variation) continue;
    const claims = claimsOf(control, variation, alpha, tunedFor);
    const { low, high } = claims.alwaysValid?.interval ?? { low: 0, high: 0 };
    claimed.alwaysValid ||= low > 0 || high < 0;
    claimed.fixedHorizon ||= (claims.fixedHorizon?.pValue ?? 1) < alpha;
  }
  return claimed;
}

export type Alike = Readonly<{ seed: string; kind: Kind; experiments: number; users: number }>;

/** A/A tests from bucket to result: half of the users take part, in two variations that are the same. */
export function alikeVariations({ seed, kind, experiments, users }: Alike) {
  const pValues: number[] = [];
  let alarms = 0;
  for (let index = 0; index < experiments; index += 1) {
    const results = resultsOf(alikeAggregates(`${seed}/${index}`, kind, users), DEFAULT_SETTINGS);
    if (results.sampleRatio.isAlarming) alarms += 1;
    const pValue = results.goals[0]?.variations[1]?.againstControl?.fixedHorizon?.pValue;
    if (pValue !== undefined) pValues.push(pValue);
  }
  return { pValues, alarms };
}

function alikeAggregates(seed: string, kind: Kind, users: number): Aggregates {
  const random = randomOf(seed);
  const groups = [nobody(), nobody()] as const;
  for (let user = 0; user < users; user += 1) {
    const [id, value] = [`user-${user}`, userOf(kind, random)];
    if (!includes(50, bucket(`${seed}/traffic`, id))) continue;
    add(includes(50, bucket(`${seed}/variations`, id)) ? groups[0] : groups[1], value);
  }
  const goal: GoalData = { goalId: "goal", kind, wanted: "MORE", guardrail: null, variations: groups };
  const variations = groups.map((group, index) => ({ name: `v${index}`, users: group.users, weight: 50 }));
  return { variations, goals: [goal] };
}

type Growing = { -readonly [Name in keyof Sums]: Sums[Name] };
const nobody = (): Growing => ({ users: 0, sum: 0, sumOfSquares: 0 });

function add(group: Growing, value: number): void {
  group.users += 1;
  group.sum += value;
  group.sumOfSquares += value * value;
}

/** How likely numbers from 0 to 1 are to be as far from uniform as these, by Kolmogorov and Smirnov. */
export function uniformity(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const count = sorted.length;
  const furthest = Math.max(
    ...sorted.map((each, rank) => Math.max(each - rank / count, (rank + 1) / count - each)),
  );
  const scaled = (Math.sqrt(count) + 0.12 + 0.11 / Math.sqrt(count)) * furthest;
  let sum = 0;
  for (let term = 1; term <= 100; term += 1) {
    sum += (term % 2 === 1 ? 2 : -2) * Math.exp(-2 * (term * scaled) ** 2);
  }
  return Math.min(1, Math.max(0, sum));
}
