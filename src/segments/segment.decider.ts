import type { SegmentEvent } from "./segment.events";
import type { Segment } from "./segment.state";
import type { SegmentForm } from "./segmentForm.policy";
import { segmentContent, takenRefusals } from "./segmentContent.policy";
import { referenceRefusals } from "./segmentReferences.policy";
import type { AppState } from "../apps/app.state";
import { inUseRefusals, whoUses } from "../apps/uses.policy";
import { extentsOver } from "../evaluation/extent";
import {
  accept,
  refuse,
  withWarnings,
  type Circumstances,
  type Command,
  type Decision,
} from "../lib/decider";
import { jsonEquals, type Json } from "../lib/json";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";
import type { Warning } from "../lib/warning";

/** Unarchived ones. */
export const SEGMENTS_PER_APP_MAX = 1_000;

/** Lists of user ids in a condition stand as references to stored lists already. What is left out stays as it is, or is empty. */
export type SegmentCommand =
  | Command<"CreateSegment", { name: string; condition: Json } & Describing>
  | Command<
      "EditSegment",
      { id: string; name?: string | undefined; condition?: Json | undefined } & Describing
    >
  | Command<"CloneSegment", { id: string; name: string; condition?: Json | undefined } & Describing>
  | Command<"ArchiveSegment", { id: string; note?: string | undefined }>
  | Command<"RestoreSegment", { id: string; note?: string | undefined }>;

type Describing = { description?: string | undefined; note?: string | undefined };
type DataOf<Type extends SegmentCommand["type"]> = Extract<SegmentCommand, { type: Type }>["data"];

/** Decides over all segments of an app, and over all that uses them. */
export const segmentDecider = {
  decide(command: SegmentCommand, state: AppState, circumstances: Circumstances): Decision<SegmentEvent> {
    if (command.type === "CreateSegment") return createSegment(null, command.data, state, circumstances);
    const segment = state.segments.get(command.data.id);
    if (!segment) return refuse(notFound(command.data.id));
    switch (command.type) {
      case "EditSegment":
        return editSegment(segment, command.data, state, circumstances);
      case "CloneSegment":
        return createSegment(segment, command.data, state, circumstances);
      case "ArchiveSegment":
        return archiveSegment(segment, command.data, state);
      case "RestoreSegment":
        return restoreSegment(segment, command.data, state);
    }
  },
};

const COMMANDS: ReadonlySet<string> = new Set([
  "CreateSegment",
  "EditSegment",
  "CloneSegment",
  "ArchiveSegment",
  "RestoreSegment",
]);

export function isSegmentCommand(command: { type: string }): command is SegmentCommand {
  return COMMANDS.has(command.type);
}

/** A clone takes over what it does not say, seeds and lists of user ids included, so that it has the same users. */
function createSegment(
  source: Segment | null,
  { name, description, condition, note }: DataOf<"CreateSegment"> | DataOf<"CloneSegment">,
  state: AppState,
  circumstances: Circumstances,
): Decision<SegmentEvent> {
  const toBe: SegmentForm = {
    name,
    description: description ?? source?.description ?? "",
    condition: condition ?? source?.condition ?? null,
    note: note ?? "",
  };
  const checked = segmentContent(state.segments, null, toBe, source?.condition ?? null, circumstances);
  const reasons = [...checked.reasons, ...limitRefusals(state)];
  if (reasons.length > 0 || !checked.content) return refuse(...reasons);
  const id = circumstances.newId("segment");
  const clonedFrom = source?.id ?? null;
  const data = { id, clonedFrom, note: toBe.note, ...checked.content };
  return withWarnings(accept<SegmentEvent>({ type: "SegmentCreated", data }), nobodyIn(data, state));
}

function editSegment(
  segment: Segment,
  edit: DataOf<"EditSegment">,
  state: AppState,
  circumstances: Circumstances,
): Decision<SegmentEvent> {
  const { id } = segment;
  if (segment.isArchived) return refuse(archived(segment));
  const toBe: SegmentForm = {
    name: edit.name ?? segment.name,
    description: edit.description ?? segment.description,
    condition: edit.condition === undefined ? segment.condition : edit.condition,
    note: edit.note ?? "",
  };
  const { content, reasons } = segmentContent(state.segments, id, toBe, segment.condition, circumstances);
  if (reasons.length > 0 || !content) return refuse(...reasons);
  const isConditionKept = jsonEquals(content.condition, segment.condition);
  if (isConditionKept && content.name === segment.name && content.description === segment.description) {
    return withWarnings(accept<SegmentEvent>(), [unchanged(segment)]);
  }
  const data = { id, note: toBe.note, ...content };
  return withWarnings(accept<SegmentEvent>({ type: "SegmentEdited", data }), nobodyIn(data, state));
}

function archiveSegment(
  segment: Segment,
  { note = "" }: DataOf<"ArchiveSegment">,
  state: AppState,
): Decision<SegmentEvent> {
  if (segment.isArchived) return accept();
  const usedBy = whoUses(state, { kind: "Segment", id: segment.id });
  const reasons = [...noteRefusals(note), ...inUseRefusals("segment", segment.name, ["segmentId"], usedBy)];
  return reasons.length > 0
    ? refuse(...reasons)
    : accept({ type: "SegmentArchived", data: { id: segment.id, note } });
}

function restoreSegment(
  segment: Segment,
  { note = "" }: DataOf<"RestoreSegment">,
  state: AppState,
): Decision<SegmentEvent> {
  if (!segment.isArchived) return accept();
  const reasons = [
    ...noteRefusals(note),
    ...takenRefusals(state.segments, segment.id, segment.name),
    ...referenceRefusals(state.segments, segment),
    ...limitRefusals(state),
  ];
  return reasons.length > 0
    ? refuse(...reasons)
    : accept({ type: "SegmentRestored", data: { id: segment.id, note } });
}

function limitRefusals({ segments }: AppState): readonly Refusal[] {
  let unarchived = 0;
  for (const { isArchived } of segments.values()) if (!isArchived) unarchived += 1;
  if (unarchived < SEGMENTS_PER_APP_MAX) return [];
  const message = `An app has at most ${SEGMENTS_PER_APP_MAX} segments that are not archived; archive one first.`;
  return [{ code: "LIMIT_REACHED", message, path: [] }];
}

function nobodyIn({ condition }: Pick<Segment, "condition">, { segments }: AppState): readonly Warning[] {
  if (extentsOver(segments).of(condition) !== "NOBODY") return [];
  const message =
    "Nobody can belong to this segment, whatever a user is like: look for an empty list, 0 % or a segment of nobody.";
  return [{ code: "MATCHES_NOBODY", message, path: ["condition"] }];
}

function unchanged({ name }: Segment): Warning {
  const message = `Nothing would be different of segment "${name}", so nothing was saved.`;
  return { code: "NOTHING_CHANGES", message, path: [] };
}

function archived({ name }: Segment): Refusal {
  return {
    code: "ARCHIVED",
    message: `Segment "${name}" is archived; restore it first.`,
    path: ["segmentId"],
  };
}

function notFound(id: string): Refusal {
  // The id may be anything of any length.
  return {
    code: "NOT_FOUND",
    message: `There is no segment "${id.slice(0, 200)}"; check its id.`,
    path: ["segmentId"],
  };
}
