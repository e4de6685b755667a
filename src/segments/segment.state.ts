import type { SegmentContent, SegmentEvent } from "./segment.events";
import { segmentsIn } from "../evaluation/condition";
import { labelsIn, NO_LABELS, type Labels } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";

export type Segment = Readonly<
  {
    id: string;
    isArchived: boolean;
    labels: Labels;
    /** Ids of the segments that the condition names. */
    refersTo: readonly string[];
  } & SegmentContent
>;

export type Segments = Map<string, Segment>;

export function evolveSegments(segments: Segments, { type, data }: SegmentEvent): void {
  switch (type) {
    case "SegmentCreated":
    case "SegmentEdited": {
      const { id, name, description, condition } = data;
      const { isArchived = false, labels = NO_LABELS } = segments.get(id) ?? {};
      const refersTo = segmentsIn(condition);
      segments.set(id, { id, name, description, condition, isArchived, labels, refersTo });
      return;
    }
    case "SegmentLabelled":
      segments.set(data.id, { ...existingSegment(segments, data.id), labels: labelsIn(data) });
      return;
    case "SegmentArchived":
      segments.set(data.id, { ...existingSegment(segments, data.id), isArchived: true });
      return;
    case "SegmentRestored":
      segments.set(data.id, { ...existingSegment(segments, data.id), isArchived: false });
      return;
  }
}

function existingSegment(segments: Segments, id: string): Segment {
  const segment = segments.get(id);
  invariant(segment, `the stream changes segment "${id}" before it creates it`);
  return segment;
}
