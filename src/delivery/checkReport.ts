import type { Delivered, Outcome } from "./outcome.policy";
import { userIdFaults } from "../audience/identify.policy";
import type { AppState } from "../apps/app.state";
import type { RulesetSource, Reason } from "../evaluation/model";
import { VALUE_BYTES_MAX, VALUE_DEPTH_MAX, checkValue } from "../keys/value.policy";
import type { Key } from "../keys/key.state";
import { canonicalJson } from "../lib/canonicalJson";
import type { Json } from "../lib/json";
import { jsonBoundsFault } from "../lib/jsonBounds";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

/** Rows of one batch. */
export const REPORTED_ROWS_MAX = 1_000;
export const BATCH_ID_LENGTH_MAX = 128;
/** How often one row may tell that something was given. */
export const REPORTED_COUNT_MAX = 1_000_000;
/** How long ago a row may have been given: less than ids of batches are known for, so that none counts twice. */
export const REPORT_LATE_DAYS_MAX = 6;
/** How far the sender's clock may be ahead. */
export const REPORT_EARLY_MINUTES_MAX = 5;
/** In UTF-16 code units of canonical JSON: anybody can make up values, so longer ones count as others. */
export const REPORTED_VALUE_LENGTH_MAX = 4_096;

const HOUR_MS = 3_600_000;

/** What was given to users elsewhere. */
export type ReportedRow = Readonly<{
  key: string;
  value: Json;
  reason: Reason;
  /** The config or flag; null: the one that is published with the key now. */
  sourceId: string | null;
  version: number | null;
  segmentId: string | null;
  /** Any instant in the hour, ISO 8601. */
  at: string;
  count: number;
}>;

/** Of one user, or null: of several. */
export type Report = Readonly<{ batchId: string; userId: string | null; rows: readonly ReportedRow[] }>;

/** Where it was given, and who says so. */
export type ReportCircumstances = Readonly<{
  state: Pick<AppState, "keys" | "configs" | "flags" | "segments">;
  source: Pick<RulesetSource, "app" | "environment" | "publications">;
  /** Clients know only values. */
  isClient: boolean;
  nowMs: number;
}>;

/** What a report tells, and everything wrong with it: then nothing counts. */
export function checkReport(
  { batchId, userId, rows }: Report,
  circumstances: ReportCircumstances,
): Readonly<{ delivered: readonly Delivered[]; refusals: readonly Refusal[] }> {
  const message = checkText("A batch's id", batchId, { lengthMin: 1, lengthMax: BATCH_ID_LENGTH_MAX });
  const ofAll = [
    ...(message === null ? [] : [invalid(message, "batchId")]),
    ...(userId === null ? [] : userIdFaults("userId", userId)),
    ...countFaults(rows.length),
  ];
  if (ofAll.length > 0) return { delivered: [], refusals: ofAll };
  const refusals = rows.flatMap((row, index) =>
    rowFaults(row, circumstances).map((fault) => ({
      ...fault,
      path: ["deliveries", String(index), ...fault.path],
    })),
  );
  if (refusals.length > 0) return { delivered: [], refusals };
  return { delivered: rows.map((row) => deliveredBy(row, circumstances)), refusals: [] };
}

function countFaults(count: number): readonly Refusal[] {
  if (count >= 1 && count <= REPORTED_ROWS_MAX) return [];
  return [invalid(`A batch has 1 to ${REPORTED_ROWS_MAX} deliveries; this one has ${count}.`, "deliveries")];
}

function rowFaults(row: ReportedRow, circumstances: ReportCircumstances): readonly Refusal[] {
  return [
    ...valueFaults(row, circumstances),
    ...sourceFaults(row, circumstances),
    ...numberFaults(row),
    ...timeFaults(Date.parse(row.at), circumstances.nowMs),
  ];
}

/** A key that is not for clients is none for them; one that was archived since then was given all the same. */
function valueFaults(
  { key: name, value }: ReportedRow,
  { state, isClient }: ReportCircumstances,
): readonly Refusal[] {
  const key = state.keys.get(name);
  if (!key || (isClient && !key.isVisibleToClients)) {
    return [notFound("There is no key of this name; check its spelling.", "key")];
  }
  const fault = valueFault(key, value);
  return fault === null ? [] : [invalid(`The value ${fault}.`, "value")];
}

/** Whether a key of that type could have had it; its schema may have been another one. */
function valueFault({ type }: Key, value: Json): string | null {
  if (type === "RECOMMENDATION") {
    const bounds = { depthMax: VALUE_DEPTH_MAX, bytesMax: VALUE_BYTES_MAX };
    return jsonBoundsFault(value, bounds)?.message ?? null;
  }
  const checked = checkValue({ type, valueSchema: null }, value);
  return "message" in checked ? checked.message : null;
}

function sourceFaults(
  { key, sourceId, version, segmentId }: ReportedRow,
  { state, isClient }: ReportCircumstances,
): readonly Refusal[] {
  const named = { sourceId, version, segmentId };
  if (isClient) {
    return Object.entries(named)
      .filter(([, value]) => value !== null)
      .map(([name]) => invalid("A CLIENT token does not know where values come from; leave it out.", name));
  }
  const faults: Refusal[] = [];
  const release = sourceId === null ? null : (state.configs.get(sourceId) ?? state.flags.get(sourceId));
  if (release === undefined) faults.push(notFound("There is no config or flag with this id.", "sourceId"));
  if (release && !release.versions.some(({ references }) => references.keys.includes(key))) {
    faults.push(invalid(`No version of it sets the key "${key}".`, "sourceId"));
  }
  if (version !== null && release === null) {
    faults.push(invalid("A version is one of a config or flag; give `sourceId` too.", "version"));
  }
  const latest = release?.versions.length ?? 0;
  if (version !== null && release && (version < 1 || version > latest)) {
    faults.push(notFound(`It has no version ${version}; its versions are 1 to ${latest}.`, "version"));
  }
  if (segmentId !== null && !state.segments.has(segmentId)) {
    faults.push(notFound("There is no segment with this id.", "segmentId"));
  }
  return faults;
}

function numberFaults({ count, reason }: ReportedRow): readonly Refusal[] {
  const faults: Refusal[] = [];
  if (count < 1 || count > REPORTED_COUNT_MAX) {
    faults.push(invalid(`Count 1 to ${REPORTED_COUNT_MAX}; this is ${count}.`, "count"));
  }
  if (reason === "ERROR") {
    faults.push(invalid("With reason ERROR nobody got a value; leave the row out.", "reason"));
  }
  return faults;
}

function timeFaults(atMs: number, nowMs: number): readonly Refusal[] {
  if (atMs < nowMs - REPORT_LATE_DAYS_MAX * 24 * HOUR_MS) {
    return [invalid(`Deliveries are reported within ${REPORT_LATE_DAYS_MAX} days.`, "at")];
  }
  if (atMs <= nowMs + REPORT_EARLY_MINUTES_MAX * 60_000) return [];
  return [
    invalid(`A delivery lies at most ${REPORT_EARLY_MINUTES_MAX} minutes ahead; check the clock.`, "at"),
  ];
}

function deliveredBy(
  row: ReportedRow,
  { source: { app, environment, publications } }: ReportCircumstances,
): Delivered {
  const { key, value, reason, sourceId, version, segmentId, at, count } = row;
  const published = publications.find(({ keys }) => keys.includes(key));
  const text = canonicalJson(value);
  const outcome: Outcome = {
    ...{ app, environment, key, reason, segment: segmentId },
    source: sourceId ?? published?.id ?? null,
    version: sourceId === null ? (published?.version ?? null) : version,
    value: text.length <= REPORTED_VALUE_LENGTH_MAX ? text : null,
  };
  const atMs = Date.parse(at);
  return { outcome, hourMs: atMs - (atMs % HOUR_MS), count };
}

const invalid = (message: string, field: string): Refusal => ({ code: "INVALID", message, path: [field] });
const notFound = (message: string, field: string): Refusal => ({ code: "NOT_FOUND", message, path: [field] });
