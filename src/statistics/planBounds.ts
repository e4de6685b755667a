import type { PlanAsked } from "./plan";
import { ALPHA_MAX, ALPHA_MIN } from "./settings";

/** What is given of a plan before it is known to be sound. */
export type PlanGiven = Omit<PlanAsked, "baseline"> &
  Readonly<{
    baselineRate: number | null;
    baselineMean: number | null;
    standardDeviation: number | null;
    usersPerDay: number | null;
    traffic: number;
    usersPerVariation: number | null;
  }>;

export const RATE_MIN = 0.0001;
export const LIFT_MIN = 0.001;
export const LIFT_MAX = 100;
export const POWER_MIN = 0.5;
export const POWER_MAX = 0.999;
export const VARIATIONS_MAX = 8;
export const GOALS_MAX = 5;
export const VALUE_MAX = 1e12;
export const USERS_MAX = 100_000_000;
export const TRAFFIC_MIN = 0.01;
/** A century. */
export const DAYS_MAX = 36_525;

type Fault = Readonly<{ message: string; path: readonly string[] }>;
type Bound = readonly [name: keyof PlanGiven, least: number, most: number, isWhole: boolean];

const BOUNDS: readonly Bound[] = [
  ["baselineRate", RATE_MIN, 1 - RATE_MIN, false],
  ["baselineMean", -VALUE_MAX, VALUE_MAX, false],
  ["standardDeviation", 1 / VALUE_MAX, VALUE_MAX, false],
  ["minimumLift", -1, LIFT_MAX, false],
  ["power", POWER_MIN, POWER_MAX, false],
  ["alpha", ALPHA_MIN, ALPHA_MAX, false],
  ["variations", 2, VARIATIONS_MAX, true],
  ["goals", 1, GOALS_MAX, true],
  ["usersPerDay", 1, USERS_MAX, true],
  ["usersPerVariation", 1, USERS_MAX, true],
  ["traffic", TRAFFIC_MIN, 100, false],
];

/** What is wrong with what is given, or the plan that is asked for. */
export function planOf(
  given: PlanGiven,
): Readonly<{ fault: Fault }> | Readonly<{ fault: null; asked: PlanAsked }> {
  const fault = BOUNDS.reduce<Fault | null>((first, bound) => first ?? outOfBound(given, bound), null);
  if (fault !== null) return { fault };
  const { baselineRate: rate, baselineMean: mean, standardDeviation, minimumLift } = given;
  if (Math.abs(minimumLift) < LIFT_MIN) {
    return refused(
      `minimumLift must be at least ${LIFT_MIN}, or at most -${LIFT_MIN}: 0.1 is 10 % more.`,
      "minimumLift",
    );
  }
  if (rate !== null && mean === null && standardDeviation === null) {
    const variation = rate * (1 + minimumLift);
    return variation >= 1 || variation <= 0
      ? refused("A rate with this lift is no rate between 0 and 1; give a smaller lift.", "minimumLift")
      : { fault: null, asked: { ...given, baseline: { kind: "RATE", rate } } };
  }
  if (rate === null && mean !== null && standardDeviation !== null) {
    return mean === 0
      ? refused("A lift is a share of the mean, which must not be 0.", "baselineMean")
      : { fault: null, asked: { ...given, baseline: { kind: "VALUE", mean, standardDeviation } } };
  }
  return refused("Give baselineRate, or baselineMean and standardDeviation.", "baselineRate");
}

function outOfBound(given: PlanGiven, [name, least, most, isWhole]: Bound): Fault | null {
  const value = given[name];
  if (typeof value !== "number") return null;
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return null;
  const what = isWhole ? "a whole number" : "a number";
  return { message: `${name} must be ${what} from ${least} to ${most}.`, path: [name] };
}

const refused = (message: string, name: keyof PlanGiven) => ({ fault: { message, path: [name] } });
