import type { Compared } from "./claims";
import type { Interval, Missing } from "./comparison";
import { isOfRates } from "./measured";
import type { Claim, GoalData, GoalKind, Verdict } from "./result";
import type { Method } from "./settings";
import type { Moments } from "./sums";

type Said = Readonly<{
  goal: Pick<GoalData, "kind" | "wanted" | "guardrail">;
  controlName: string;
  name: string;
  control: Moments;
  variation: Moments;
  compared: Compared;
  claim: Claim | null;
  verdict: Verdict;
  isRough: boolean;
  alpha: number;
  method: Method;
}>;

/** A comparison in words, for who does not read p-values. It claims what the verdict claims, and says what that rests on. */
export function summaryOf(said: Said): string {
  const { compared, claim, isRough, name, controlName } = said;
  const sentences = [
    `${counted(said.variation, said.goal.kind, name)}, ${counted(said.control, said.goal.kind, controlName)}.`,
    ...(claim === null || compared.missing !== null
      ? [whyMissing(compared.missing ?? "NO_USERS")]
      : [extent(said), verdictInWords(said, claim), ...proviso(said)]),
    ...(isRough && claim !== null
      ? ["So few converted, or so few did not, that these numbers are rough."]
      : []),
  ];
  return sentences.filter((each) => each !== "").join(" ");
}

function counted({ users, mean }: Moments, kind: GoalKind, name: string): string {
  const who = `${users.toLocaleString("en-US")} ${users === 1 ? "user" : "users"} of "${name}"`;
  if (mean === null) return who;
  switch (kind) {
    case "RATE":
      return `${share(mean)} of ${who} converted`;
    case "RETENTION":
      return `${share(mean)} of ${who} came back`;
    case "VALUE":
      return `${who} had ${amount(mean)} each on average`;
    case "COUNT":
      return `${who} did it ${amount(mean)} times each on average`;
  }
}

/** By how much, and between which bounds: of the lift if there is one, else of the difference. */
function extent({ compared, claim, goal, alpha }: Said): string {
  const level = `${digits(100 * (1 - alpha), 4)} %`;
  const { lift, difference } = compared;
  if (lift !== null && claim?.liftInterval) {
    return `That is ${moreOrLess(lift, share)}; with ${level} confidence the truth is between ${bounds(claim.liftInterval, share)}.`;
  }
  if (difference === null || !claim) return "";
  const unit = isOfRates(goal.kind) ? points : amount;
  return `That is ${moreOrLess(difference, unit)}; with ${level} confidence the truth is between ${bounds(claim.interval, unit)}.`;
}

function verdictInWords({ verdict, name, controlName, compared, goal }: Said, claim: Claim): string {
  const p = `p = ${digits(claim.correctedPValue, 2)}`;
  switch (verdict) {
    case "BETTER":
      return `That is more than chance explains (${p}), and it is what is wanted: "${name}" is better.`;
    case "WORSE":
      return `That is more than chance explains (${p}), and it is not what is wanted: "${name}" is worse.`;
    case "HARMED":
      return `That is more than chance explains (${p}): "${name}" does harm.`;
    case "SAFE":
      return `Harm of more than the ${share(goal.guardrail?.toleratedHarm ?? 0)} that are tolerated can be ruled out.`;
    case "UNDECIDED":
      return `Harm of more than the ${share(goal.guardrail?.toleratedHarm ?? 0)} that are tolerated is neither shown nor ruled out (${p}).`;
    case "INCONCLUSIVE":
      return `Chance alone explains this (${p}): it is not known whether "${name}" or "${controlName}" is better, nor that they are alike.`;
    case "NO_NUMBERS":
      return compared.missing === null ? "" : whyMissing(compared.missing);
  }
}

/** A test for one look says too much if it was looked at more often. */
const proviso = ({ method, verdict }: Said): readonly string[] =>
  method === "FIXED_HORIZON" &&
  (verdict === "BETTER" || verdict === "WORSE" || verdict === "HARMED" || verdict === "SAFE")
    ? ["This holds if it is looked at once, when the planned number of users is reached."]
    : [];

function whyMissing(missing: Missing): string {
  switch (missing) {
    case "NO_USERS":
      return "They cannot be compared before both have users.";
    case "ONE_USER":
      return "They cannot be compared while one of them has a single user.";
    case "NO_VARIANCE":
      return "They cannot be compared by chance, since no user differs from the others of the same variation.";
    case "OUT_OF_RANGE":
      return "They cannot be compared, since values are too large or too small to be squared.";
    case "CONTROL_IS_ZERO":
    case "CONTROL_IS_UNCERTAIN":
      return "";
  }
}

function moreOrLess(value: number, show: (value: number) => string): string {
  if (value === 0) return "the same";
  return `${show(Math.abs(value))} ${value > 0 ? "more" : "less"}`;
}

const bounds = ({ low, high }: Interval, show: (value: number) => string): string =>
  `${moreOrLess(low, show)} and ${moreOrLess(high, show)}`;

const share = (value: number): string => `${digits(100 * value, 3)} %`;
const points = (value: number): string => `${digits(100 * value, 3)} percentage points`;
const amount = (value: number): string => digits(value, 4);

const digits = (value: number, count: number): string =>
  value.toLocaleString("en-US", { maximumSignificantDigits: count });
