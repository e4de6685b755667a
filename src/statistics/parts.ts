import { compareMeans } from "./compareMeans";
import { normalUpperQuantile } from "./distributions";
import type { Part, PartsWarning } from "./result";
import { momentsOf, type Sums } from "./sums";

type Effect = Readonly<{ users: number; difference: number; standardError: number; pValue: number }>;

/**
 * Whether the parts disagree with the whole on one variation. Taken together they are weighted by their users, so that it does not matter how
 * the variation's own users are mixed. Nothing is said where neither the whole nor the parts are beyond chance.
 */
export function partsWarningOf(
  whole: readonly Sums[],
  parts: readonly Part[],
  variation: number,
  alpha: number,
): PartsWarning | null {
  const ofWhole = effectOf(whole, variation, alpha);
  const effects = parts.flatMap((part) => effectOf(part.variations, variation, alpha) ?? []);
  if (ofWhole === null || effects.length < 2) return null;
  const together = stratified(effects);
  const reversed = ofWhole.difference * together.difference < 0;
  if (reversed && (isBeyondChance(ofWhole, alpha) || isBeyondChance(together, alpha))) return "REVERSED";
  const clear = effects.filter(({ pValue }) => pValue < alpha / effects.length);
  const opposed = clear.some((each) => each.difference > 0) && clear.some((each) => each.difference < 0);
  return opposed ? "OPPOSED" : null;
}

function effectOf(sums: readonly Sums[], variation: number, alpha: number): Effect | null {
  const [control, other] = [sums[0], sums[variation]];
  if (!control || !other) return null;
  const { value } = compareMeans(momentsOf(control), momentsOf(other), alpha);
  return value && { ...value, users: control.users + other.users };
}

function stratified(effects: readonly Effect[]) {
  const users = effects.reduce((total, each) => total + each.users, 0);
  const start = { difference: 0, squaredError: 0 };
  const { difference, squaredError } = effects.reduce((sum, each) => {
    const share = each.users / users;
    return {
      difference: sum.difference + share * each.difference,
      squaredError: sum.squaredError + (share * each.standardError) ** 2,
    };
  }, start);
  return { difference, standardError: Math.sqrt(squaredError) };
}

const isBeyondChance = (
  { difference, standardError }: Pick<Effect, "difference" | "standardError">,
  alpha: number,
): boolean => Math.abs(difference) > normalUpperQuantile(alpha / 2) * standardError;
