import type { Claim, GoalData, Verdict } from "./result";

type Judged = Pick<GoalData, "wanted" | "guardrail">;

/** What a claim comes to, given what is wanted of the goal. */
export function verdictOf(
  { wanted, guardrail }: Judged,
  difference: number | null,
  claim: Claim | null,
): Verdict {
  if (claim === null || difference === null) return "NO_NUMBERS";
  const isBetter = wanted === "MORE" ? difference > 0 : difference < 0;
  if (guardrail === null) {
    if (!claim.isSignificant) return "INCONCLUSIVE";
    return isBetter ? "BETTER" : "WORSE";
  }
  // Worse, but surely by no more than is tolerated, is still safe.
  if (isWithinTolerance(claim, wanted, guardrail.toleratedHarm)) return "SAFE";
  return claim.isSignificant && !isBetter ? "HARMED" : "UNDECIDED";
}

function isWithinTolerance(
  { liftInterval }: Claim,
  wanted: GoalData["wanted"],
  toleratedHarm: number,
): boolean {
  if (liftInterval === null) return false;
  return wanted === "MORE" ? liftInterval.low >= -toleratedHarm : liftInterval.high <= toleratedHarm;
}
