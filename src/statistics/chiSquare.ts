import { chiSquareUpper } from "./distributions";

export type ChiSquare = Readonly<{ statistic: number; degreesOfFreedom: number; pValue: number }>;

/** Whether counts fit the shares that are given for them, which need not add up to 1. The caller makes sure that none is 0. */
export function fitOf(counts: readonly number[], shares: readonly number[]): ChiSquare {
  const total = sum(counts);
  const ofShares = sum(shares);
  const expected = shares.map((share) => (share / ofShares) * total);
  return chiSquareOf(counts, expected, counts.length - 1);
}

/** Whether rows of counts are alike in their proportions: independence in a table. */
export function independenceOf(rows: readonly (readonly number[])[]): ChiSquare {
  const ofRows = rows.map(sum);
  const columns = (rows[0] ?? []).map((_, column) => sum(rows.map((row) => row[column] ?? 0)));
  const total = sum(ofRows);
  const expected = ofRows.flatMap((ofRow) => columns.map((ofColumn) => (ofRow * ofColumn) / total));
  return chiSquareOf(rows.flat(), expected, (rows.length - 1) * (columns.length - 1));
}

function chiSquareOf(
  counts: readonly number[],
  expected: readonly number[],
  degreesOfFreedom: number,
): ChiSquare {
  const statistic = sum(expected.map((each, index) => ((counts[index] ?? 0) - each) ** 2 / each));
  return { statistic, degreesOfFreedom, pValue: chiSquareUpper(statistic, degreesOfFreedom) };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
