/** What the others are told of after a commit, as it stands in the payload of a notification. */
export type AppendNotice = Readonly<{
  /** The process that wrote. */
  writer: string;
  /** The positions before the first and of the last event; the same number twice if that is not known. */
  after: number;
  upTo: number;
  /** What was appended to; null if it may be any. */
  streams: readonly string[] | null;
}>;

// PostgreSQL takes payloads of fewer than 8,000 bytes, and the names are all that can be long.
const NAMES_BYTES_MAX = 4_000;

export function payloadOf(notice: AppendNotice): string {
  const isShort = Buffer.byteLength(JSON.stringify(notice.streams)) <= NAMES_BYTES_MAX;
  return JSON.stringify(isShort ? notice : { ...notice, streams: null });
}

/** Null for what no writer sent: whoever may connect to the database may notify. */
export function parseNotice(payload: string): AppendNotice | null {
  try {
    const parsed: unknown = JSON.parse(payload);
    return isNotice(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isNotice(value: unknown): value is AppendNotice {
  if (typeof value !== "object" || value === null) return false;
  // Every property is checked before it is believed.
  const { writer, after, upTo, streams } = value as Record<keyof AppendNotice, unknown>;
  const isStreams =
    streams === null || (Array.isArray(streams) && streams.every((stream) => typeof stream === "string"));
  return typeof writer === "string" && Number.isSafeInteger(after) && Number.isSafeInteger(upTo) && isStreams;
}
