import { claimsOf } from "./claims";
import type { Interval } from "./comparison";
import { measure } from "./measured";
import type { GoalData, VariationSums } from "./result";
import { alphaOfInterval, type Settings } from "./settings";

/** What was added in a time: new users, and by how much the sums grew. `at` is the end of that time. */
export type Added = Readonly<{ at: string; variations: readonly VariationSums[] }>;

/** One variation against the control, of all users up to a moment. */
export type SeriesPoint = Readonly<{
  at: string;
  users: number;
  lift: number | null;
  fixedHorizon: Interval | null;
  alwaysValid: Interval | null;
}>;

/** Everything added up to each moment. A user whose value grew adds the growth of the value and the growth of its square. */
export function accumulated(added: readonly Added[]): readonly Added[] {
  let before: readonly VariationSums[] = [];
  return added.map(({ at, variations }) => {
    before = variations.map((each, index) => plus(before[index], each));
    return { at, variations: before };
  });
}

/** How the lift of each variation but the control came to be, by cumulative sums; the first list is the first variation after the control. */
export function seriesOf(
  goal: Pick<GoalData, "kind" | "guardrail">,
  cumulative: readonly Added[],
  settings: Settings,
): readonly (readonly SeriesPoint[])[] {
  const variations = Math.max(0, ...cumulative.map((each) => each.variations.length));
  const alpha = goal.guardrail ? settings.alpha : alphaOfInterval(settings, variations);
  const measured = cumulative.map(({ at, variations }) => {
    return { at, groups: measure({ kind: goal.kind, variations }).variations };
  });
  return Array.from({ length: Math.max(0, variations - 1) }, (_, index) =>
    measured.flatMap(({ at, groups }) => {
      const [control, variation] = [groups[0], groups[index + 1]];
      if (!control || !variation) return [];
      const { lift, fixedHorizon, alwaysValid } = claimsOf(control, variation, alpha, settings.tunedFor);
      const users = control.users + variation.users;
      return {
        at,
        users,
        lift,
        fixedHorizon: fixedHorizon?.liftInterval ?? null,
        alwaysValid: alwaysValid?.liftInterval ?? null,
      };
    }),
  );
}

function plus(one: VariationSums | undefined, other: VariationSums): VariationSums {
  if (!one) return other;
  return { ...sumsPlus(one, other), before: beforePlus(one, other) };
}

function sumsPlus(one: VariationSums, other: VariationSums) {
  return {
    users: one.users + other.users,
    sum: one.sum + other.sum,
    sumOfSquares: one.sumOfSquares + other.sumOfSquares,
  };
}

function beforePlus({ before: one }: VariationSums, { before: other }: VariationSums) {
  if (!one || !other) return null;
  return {
    sum: one.sum + other.sum,
    sumOfSquares: one.sumOfSquares + other.sumOfSquares,
    sumOfProducts: one.sumOfProducts + other.sumOfProducts,
  };
}
