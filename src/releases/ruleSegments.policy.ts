import type { Rule } from "./rule.events";
import type { Refusal } from "../lib/refusal";

/** What is known of the app's segments here. */
export type KnownSegments = ReadonlyMap<string, Readonly<{ name: string; isArchived: boolean }>>;

/** Refuses a rule for a segment that is not there or was put away. */
export function segmentRefusals(
  { segmentId }: Rule,
  index: number,
  segments: KnownSegments,
): readonly Refusal[] {
  if (segmentId === null) return [];
  const path = ["rules", String(index), "segmentId"];
  const segment = segments.get(segmentId);
  if (!segment) {
    const message = `Rule ${index + 1}: there is no segment "${segmentId.slice(0, 200)}" in this app; check its id.`;
    return [{ code: "NOT_FOUND", message, path }];
  }
  if (!segment.isArchived) return [];
  const message = `Rule ${index + 1}: segment "${segment.name}" is archived; restore it first, or choose another one.`;
  return [{ code: "ARCHIVED", message, path }];
}

/** In one order whatever the rules' is, so that versions which differ in other things share one list in memory. */
export function segmentsOf(rules: readonly Rule[]): readonly string[] {
  return [...new Set(rules.flatMap(({ segmentId }) => segmentId ?? []))].sort();
}
