/**
 * What every rule says, whatever it gives to those whom it takes: for whom, and which share of them. Names and shapes are
 * the stored format: change them only by adding.
 */
export type Rule = Readonly<{
  /** Lives on through edits, export, import and copy; so does the seed. */
  id: string;
  seed: string;
  /** Null: everyone. */
  segmentId: string | null;
  /** 0–100 with at most two decimals; 100 for all whom the segment matches. */
  percentage: number;
  /** The property whose value is bucketed; null for the user's id. */
  bucketBy: string | null;
  /** The property that stands in where `bucketBy` is missing, or null. */
  bucketByFallback: string | null;
}>;
