import type { SegmentContent } from "./segment.events";
import type { Segment } from "./segment.state";
import { checkSegmentForm, type SegmentForm } from "./segmentForm.policy";
import { referenceRefusals } from "./segmentReferences.policy";
import { segmentsIn, withSeeds } from "../evaluation/condition";
import type { Circumstances } from "../lib/decider";
import { isJsonObject, type JsonObject } from "../lib/json";
import type { Refusal } from "../lib/refusal";

type Segments = ReadonlyMap<string, Segment>;

/**
 * What a segment would hold, as it is stored: its name trimmed, a seed in every `$percent` (its own, or the one at the
 * same place of `previous`, so that users stay where they are). Null, with every reason, if it cannot be.
 */
export function segmentContent(
  segments: Segments,
  id: string | null,
  form: SegmentForm,
  previous: JsonObject | null,
  circumstances: Circumstances,
): Readonly<{ content: SegmentContent | null; reasons: readonly Refusal[] }> {
  const { name: untrimmed, description, condition } = form;
  const name = untrimmed.trim();
  const reasons = [...checkSegmentForm({ ...form, name }), ...takenRefusals(segments, id, name)];
  // What has faults need not be an object, and cannot be searched for segments.
  if (reasons.some(({ path }) => path[0] === "condition") || !isJsonObject(condition)) {
    return { content: null, reasons };
  }
  const references = referenceRefusals(segments, { id, name, refersTo: segmentsIn(condition) });
  let seeds = 0;
  const seeded = withSeeds(condition, previous, () => circumstances.newId("seed", seeds++));
  return { content: { name, description, condition: seeded }, reasons: [...reasons, ...references] };
}

/** Names are unique among unarchived segments. */
export function takenRefusals(segments: Segments, id: string | null, name: string): readonly Refusal[] {
  for (const segment of segments.values()) {
    if (segment.name !== name || segment.isArchived || segment.id === id) continue;
    const message = `There is a segment "${name}" already; choose another name.`;
    return [{ code: "TAKEN", message, path: ["name"] }];
  }
  return [];
}
