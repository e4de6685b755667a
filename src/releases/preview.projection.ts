import type { PreviewEndCause, ReleaseEvent } from "./release.events";
import { slugOfStream } from "../apps/app.events";
import type { RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { RowReference, Rows, Table } from "../projections/projection";

export type PreviewRow = {
  app: string;
  id: string;
  /** GraphQL type name of what is previewed. */
  kind: string;
  release_id: string;
  /** Of the event that started it. */
  revision: number;
  version: number;
  environment: string;
  ends_at: string;
  note: string;
  started_at: string;
  started_by: string;
  /** When its end was recorded: at `ends_at` or a little later if its time was up. Null while it goes on. */
  ended_at: string | null;
  ended_by: string | null;
  end_cause: PreviewEndCause | null;
};

export const previewTable: Table<PreviewRow> = { name: "previews", primaryKey: ["id"] };

export function previewReads({ type, data }: ReleaseEvent<unknown>): readonly RowReference[] {
  if (type !== "PreviewStarted" && type !== "PreviewEnded") return [];
  return [{ table: previewTable, key: [data.previewId], isMade: type === "PreviewStarted" }];
}

/** Keeps every preview of releases of any kind, also after its end. */
export function applyPreview(
  kind: string,
  recorded: RecordedEvent,
  { type, data }: ReleaseEvent<unknown>,
  rows: Rows,
): void {
  if (type === "PreviewStarted") rows.put(previewTable, startedRow(kind, recorded, data));
  if (type !== "PreviewEnded") return;
  const row = rows.get(previewTable, [data.previewId]);
  invariant(row, `the stream ends preview "${data.previewId}" before it starts`);
  const { recordedAt: ended_at, actor: ended_by } = recorded.meta;
  rows.put(previewTable, { ...row, ended_at, ended_by, end_cause: data.cause });
}

function startedRow(
  kind: string,
  { stream, revision, meta }: RecordedEvent,
  data: Extract<ReleaseEvent<unknown>, { type: "PreviewStarted" }>["data"],
): PreviewRow {
  return {
    app: slugOfStream(stream),
    id: data.previewId,
    kind,
    release_id: data.id,
    revision,
    version: data.version,
    environment: data.environment,
    ends_at: data.endsAt,
    note: data.note,
    started_at: meta.recordedAt,
    started_by: meta.actor,
    ended_at: null,
    ended_by: null,
    end_cause: null,
  };
}
