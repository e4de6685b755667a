import { fitOf } from "./chiSquare";
import { EXPECTED_MIN } from "./compareRates";

/** Whether users came to the variations in the shares that the weights ask for. */
export type SampleRatio = Readonly<{
  /** Null while fewer than five users are to be expected in some variation. */
  pValue: number | null;
  /** Then something decides who is counted, beside chance, and no result can be trusted. */
  isAlarming: boolean;
  /** How many users the weights would give to each variation. */
  expected: readonly number[];
}>;

/** So low that of a thousand sound experiments one raises it. */
export const SAMPLE_RATIO_ALARM = 0.001;

export function sampleRatioOf(users: readonly number[], weights: readonly number[]): SampleRatio {
  const count = total(users);
  const ofWeights = total(weights);
  const expected = weights.map((weight) => (ofWeights > 0 ? (count * weight) / ofWeights : 0));
  // Nobody can come to a variation without weight; who does alarms whatever the others say.
  if (users.some((each, index) => each > 0 && !weights[index])) {
    return { pValue: 0, isAlarming: true, expected };
  }
  const weighted = users.flatMap((each, index) => (weights[index] ? [[each, weights[index]] as const] : []));
  if (weighted.length < 2 || expected.some((each) => each > 0 && each < EXPECTED_MIN) || count === 0) {
    return { pValue: null, isAlarming: false, expected };
  }
  const { pValue } = fitOf(
    weighted.map(([each]) => each),
    weighted.map(([, weight]) => weight),
  );
  return { pValue, isAlarming: pValue < SAMPLE_RATIO_ALARM, expected };
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
