/** How p-values are corrected when several are looked at. */
export const CORRECTIONS = ["NONE", "BONFERRONI", "HOLM", "BENJAMINI_HOCHBERG"] as const;
export type Correction = (typeof CORRECTIONS)[number];

/** The p-values of one family, corrected and in the order in which they came; as R's p.adjust. */
export function corrected(pValues: readonly number[], correction: Correction): readonly number[] {
  const count = pValues.length;
  switch (correction) {
    case "NONE":
      return pValues;
    case "BONFERRONI":
      return pValues.map((pValue) => Math.min(1, pValue * count));
    case "HOLM":
      return stepwise(pValues, ascending, (pValue, rank) => pValue * (count - rank), Math.max);
    case "BENJAMINI_HOCHBERG":
      return stepwise(pValues, descending, (pValue, rank) => pValue * (count / (count - rank)), Math.min);
  }
}

/** Walks the p-values in an order. None is corrected to less (or, downwards, more) than the one before it. */
function stepwise(
  pValues: readonly number[],
  order: (one: number, other: number) => number,
  correct: (pValue: number, rank: number) => number,
  further: (one: number, other: number) => number,
): readonly number[] {
  const adjusted = pValues.map(() => 1);
  const ranked = pValues
    .map((pValue, index) => ({ pValue, index }))
    .sort((one, other) => order(one.pValue, other.pValue));
  let before: number | null = null;
  for (const [rank, { pValue, index }] of ranked.entries()) {
    const own = correct(pValue, rank);
    before = before === null ? own : further(before, own);
    adjusted[index] = Math.min(1, before);
  }
  return adjusted;
}

const ascending = (one: number, other: number): number => one - other;
const descending = (one: number, other: number): number => other - one;
