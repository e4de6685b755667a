import type { Labels } from "../labels/labels.policy";
import type { Event } from "../lib/decider";
import type { JsonObject } from "../lib/json";

/**
 * What of a segment can be edited. In a stored condition lists of user ids stand as `{ "list": hash, "count": n }`
 * and every `$percent` has its seed.
 */
export type SegmentContent = Readonly<{ name: string; description: string; condition: JsonObject }>;

/** Names and shapes are the stored format: change them only by adding. */
export type SegmentEvent =
  | Event<"SegmentCreated", { id: string; clonedFrom: string | null; note: string } & SegmentContent>
  | Event<"SegmentEdited", { id: string; note: string } & SegmentContent>
  | Event<"SegmentLabelled", { id: string; note: string } & Labels>
  | Event<"SegmentArchived", { id: string; note: string }>
  | Event<"SegmentRestored", { id: string; note: string }>;
