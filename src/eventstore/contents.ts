import type { EventStore, RecordedEvent } from "./eventStore";
import { invariant } from "../lib/invariant";
import { recentlyUsed } from "../lib/recentlyUsed";

export const CONTENTS_BYTES_MAX = 32 * 1024 * 1024;
const READS_AT_ONCE_MAX = 8;

/** Events' data by revision: what states refer to and do not hold. Bounded by bytes, over all streams. */
export interface Contents {
  one(stream: string, revision: number): Promise<unknown>;
  /** Those of several revisions. */
  many(stream: string, revisions: readonly number[]): Promise<ReadonlyMap<number, unknown>>;
}

type Content = Readonly<{ data: unknown; bytes: number }>;

export function createContents(
  store: Pick<EventStore, "readStream">,
  upcast: (event: RecordedEvent) => RecordedEvent,
  bytesMax = CONTENTS_BYTES_MAX,
): Contents {
  const kept = recentlyUsed<string, Content>(bytesMax, ({ bytes }) => bytes);

  async function one(stream: string, revision: number): Promise<unknown> {
    const id = `${revision}@${stream}`;
    const known = kept.get(id);
    if (known) return known.data;
    const [event] = await store.readStream(stream, revision, 1);
    invariant(event, `stream "${stream}" has no event at revision ${revision}`);
    const { data } = upcast(event);
    kept.set(id, { data, bytes: estimatedBytes(data) });
    return data;
  }

  async function many(stream: string, revisions: readonly number[]): Promise<ReadonlyMap<number, unknown>> {
    const found = new Map<number, unknown>();
    const waiting = [...new Set(revisions)];
    const takeTurns = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        found.set(next, await one(stream, next));
      }
    };
    await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE_MAX, waiting.length) }, takeTurns));
    return found;
  }

  return { one, many };
}

/** Objects take a few times their JSON text; what counts is that the bound holds roughly. */
function estimatedBytes(data: unknown): number {
  return 64 + 3 * (JSON.stringify(data)?.length ?? 0);
}
