import type { Interval, Missing } from "./comparison";
import type { Before } from "./cuped";
import type { SampleRatio } from "./sampleRatio";
import type { Sums } from "./sums";

/**
 * What is measured of each user. RATE: whether they performed the goal; RETENTION: whether they came back, of those whose time to do so is
 * over; VALUE: the sum of a property; COUNT: how often they performed it.
 */
export const GOAL_KINDS = ["RATE", "RETENTION", "VALUE", "COUNT"] as const;
export type GoalKind = (typeof GOAL_KINDS)[number];

/** One variation's users for one goal; `before` (for CUPED) of all variations or of none. */
export type VariationSums = Sums & Readonly<{ before?: Before | null }>;

/** The users of one part of the whole: a country, a device, a day. Each user is in one part. */
export type Part = Readonly<{ name: string; variations: readonly Sums[] }>;

export type GoalData = Readonly<{
  goalId: string;
  kind: GoalKind;
  /** Whether more is better, or less, as of errors and complaints. */
  wanted: "MORE" | "LESS";
  /** A guardrail is not to be won but must not be harmed by more than the share that is tolerated; null is no guardrail. */
  guardrail: Readonly<{ toleratedHarm: number }> | null;
  /** In the order of the variations, the control first. */
  variations: readonly VariationSums[];
  parts?: readonly Part[];
}>;

/** All that results are made of, as SQL gives it in one pass. The first variation is the control. */
export type Aggregates = Readonly<{
  variations: readonly Readonly<{ name: string; users: number; weight: number }>[];
  goals: readonly GoalData[];
}>;

/** What can be claimed by one method. Intervals are of the difference (in the goal's unit) and of the lift. */
export type Claim = Readonly<{
  pValue: number;
  /** As the settings' correction has it; the same as pValue for a guardrail, which is never corrected. */
  correctedPValue: number;
  isSignificant: boolean;
  interval: Interval;
  liftInterval: Interval | null;
}>;

export type Verdict =
  | "BETTER"
  | "WORSE"
  /** No difference beyond chance. That does not say that there is none. */
  | "INCONCLUSIVE"
  /** A guardrail that is harmed, or harmed by no more than is tolerated, or neither is known. */
  | "HARMED"
  | "SAFE"
  | "UNDECIDED"
  /** There are no numbers; `missing` says why. */
  | "NO_NUMBERS";

export type AgainstControl = Readonly<{
  difference: number | null;
  /** Why there is no difference, and with it no claim. */
  missing: Missing | null;
  lift: number | null;
  liftMissing: Missing | null;
  fixedHorizon: Claim | null;
  alwaysValid: Claim | null;
  /** How likely the variation is better in the wanted direction; null without users. */
  chanceToBeatControl: number | null;
  /** In the goal's unit. */
  expectedLoss: number | null;
  /** So few converted, or did not, that the numbers are rough. */
  isRough: boolean;
  verdict: Verdict;
  partsWarning: PartsWarning | null;
  /** In words, and no more than the numbers say. */
  summary: string;
}>;

export type PartsWarning =
  /** The whole points one way, its parts taken together the other: Simpson's paradox. Trust the parts. */
  | "REVERSED"
  /** Some part is better beyond chance, and some other worse. */
  | "OPPOSED";

export type VariationResult = Readonly<{
  name: string;
  users: number;
  /** The converted, or the sum of values or of counts; null if it is too large to be a number. */
  sum: number | null;
  /** The rate or the mean; adjusted by what users did before if that is known. Null without users. */
  mean: number | null;
  interval: Interval | null;
  /** Null of the control itself. */
  againstControl: AgainstControl | null;
}>;

export type GoalResult = Readonly<{
  goalId: string;
  /** The share of variance that the days before exposure explained; null if they were not given. */
  varianceReduction: number | null;
  variations: readonly VariationResult[];
}>;

export type Results = Readonly<{ sampleRatio: SampleRatio; goals: readonly GoalResult[] }>;
