import { claimsOf, type Compared } from "./claims";
import { corrected, type Correction } from "./corrections";
import { believe, isComparedRoughly, measure, ownInterval, type Measured } from "./measured";
import { partsWarningOf } from "./parts";
import type { AgainstControl, Aggregates, Claim, GoalData, GoalResult, Results } from "./result";
import { sampleRatioOf } from "./sampleRatio";
import { alphaOfInterval, type Settings } from "./settings";
import { summaryOf } from "./summary";
import { verdictOf } from "./verdict";

/** All results of one phase of an experiment. A pure function of sums; what it may say is written in docs/experiments-statistics.md. */
export function resultsOf(aggregates: Aggregates, settings: Settings): Results {
  const { variations, goals } = aggregates;
  const analysed = goals.map((goal) => analyse(goal, settings));
  return {
    sampleRatio: sampleRatioOf(
      variations.map((each) => each.users),
      variations.map((each) => each.weight),
    ),
    goals: corrections(analysed, settings).map((each) =>
      toResult(
        each,
        variations.map(({ name }) => name),
        settings,
      ),
    ),
  };
}

type Analysed = Readonly<{
  goal: GoalData;
  alpha: number;
  measured: Measured;
  /** One for each variation but the control. */
  compared: readonly Compared[];
}>;

type Corrected = Analysed & Readonly<{ claims: readonly Claims[] }>;
type Claims = Readonly<Record<ClaimName, Claim | null>>;
type ClaimName = "fixedHorizon" | "alwaysValid";

function analyse(goal: GoalData, settings: Settings): Analysed {
  const measured = measure(goal);
  // A guardrail is not corrected: it is there to alarm, and a correction would make it deaf.
  const alpha = goal.guardrail ? settings.alpha : alphaOfInterval(settings, goal.variations.length);
  const [control, ...others] = measured.variations;
  const compared = control
    ? others.map((variation) => claimsOf(control, variation, alpha, settings.tunedFor))
    : [];
  return { goal, alpha, measured, compared };
}

/** Bonferroni's family is the variations of one goal; Holm's, and Benjamini and Hochberg's, are those of all goals. */
function corrections(analysed: readonly Analysed[], settings: Settings): readonly Corrected[] {
  const fixed = correctedOf(analysed, settings, "fixedHorizon");
  const valid = correctedOf(analysed, settings, "alwaysValid");
  return analysed.map((each, index) => {
    const claims = each.compared.map((_, variation): Claims => {
      return {
        fixedHorizon: fixed[index]?.[variation] ?? null,
        alwaysValid: valid[index]?.[variation] ?? null,
      };
    });
    return { ...each, claims };
  });
}

function correctedOf(analysed: readonly Analysed[], settings: Settings, name: ClaimName) {
  const { alpha, correction } = settings;
  const family = analysed.filter(isCorrected).flatMap(({ compared }) => compared);
  const overAll = correctedBy(correction, family, name);
  return analysed.map((each) =>
    each.compared.map((compared) => {
      const claim = compared[name];
      if (claim === null) return null;
      const comparisons = each.compared.length;
      const ofFamily = correction === "BONFERRONI" ? claim.pValue * comparisons : overAll.get(compared);
      const correctedPValue = isCorrected(each) ? Math.min(1, ofFamily ?? 1) : claim.pValue;
      return { ...claim, correctedPValue, isSignificant: correctedPValue < alpha };
    }),
  );
}

const isCorrected = ({ goal }: Analysed): boolean => goal.guardrail === null;

function correctedBy(correction: Correction, family: readonly Compared[], name: ClaimName) {
  const withClaim = family.filter((each) => each[name] !== null);
  const pValues = corrected(
    withClaim.map((each) => each[name]?.pValue ?? 1),
    correction,
  );
  return new Map(withClaim.map((each, index) => [each, pValues[index] ?? 1]));
}

function toResult(analysed: Corrected, names: readonly string[], settings: Settings): GoalResult {
  const { goal, alpha, measured } = analysed;
  return {
    goalId: goal.goalId,
    varianceReduction: measured.varianceReduction,
    variations: measured.variations.map((variation, index) => ({
      name: names[index] ?? "",
      users: variation.users,
      sum: finiteOrNull(goal.variations[index]?.sum),
      mean: variation.mean,
      interval: ownInterval(variation, alpha),
      againstControl: index === 0 ? null : againstControl(analysed, index, names, settings),
    })),
  };
}

const finiteOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

function againstControl(
  { goal, alpha, measured, compared, claims }: Corrected,
  index: number,
  names: readonly string[],
  settings: Settings,
): AgainstControl | null {
  const [control, variation] = [measured.variations[0], measured.variations[index]];
  const [own, claim] = [compared[index - 1], claims[index - 1]];
  if (!control || !variation || !own || !claim) return null;
  const decisive = settings.method === "FIXED_HORIZON" ? claim.fixedHorizon : claim.alwaysValid;
  const belief = believe(control, variation, { ...settings, wanted: goal.wanted });
  const verdict = verdictOf(goal, own.difference, decisive);
  const isRough = isComparedRoughly(control, variation);
  const said = { goal, control, variation, compared: own, claim: decisive, verdict, isRough, alpha };
  return {
    difference: own.difference,
    missing: own.missing,
    lift: own.lift,
    liftMissing: own.liftMissing,
    ...claim,
    chanceToBeatControl: belief?.chanceToBeatControl ?? null,
    expectedLoss: belief?.expectedLoss ?? null,
    isRough,
    verdict,
    partsWarning: partsWarningOf(goal.variations, goal.parts ?? [], index, alpha),
    summary: summaryOf({
      ...said,
      controlName: names[0] ?? "",
      name: names[index] ?? "",
      method: settings.method,
    }),
  };
}
