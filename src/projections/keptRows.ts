import type { BatchRows, KnownRow } from "./rows";

/** In one generation of one table; two are kept. Enough for what is changed again and again. */
export const KEPT_ROWS_MAX = 2_000;
/** In all generations, for as long as a server runs: catching up is over soon, and does without the weighing. */
export const KEPT_BYTES_MAX = 4 * 1_048_576;

/**
 * The rows that earlier batches read or wrote, as they left them, so that they need not be loaded again. Right for as
 * long as nobody else moves the checkpoint, which the next write finds out.
 */
export interface KeptRows {
  find(table: string, identity: string): KnownRow | undefined;
  /** Takes over what a batch knows. Tables that nobody has read from yet are left out. */
  keep(batch: BatchRows): void;
}

export function createKeptRows(max = KEPT_ROWS_MAX, bytesMax = Infinity): KeptRows {
  const tables = new Map<string, Generations>();
  let bytes = 0;
  return {
    find(table, identity) {
      const kept = tables.get(table);
      return kept?.young.get(identity) ?? kept?.old.get(identity);
    },
    keep(batch) {
      if (bytesMax < Infinity) bytes += bytesOf(batch);
      if (bytes > bytesMax) {
        tables.clear();
        bytes = 0;
        return;
      }
      for (const { name, isRead, entries } of batch.tables()) {
        const kept = tables.get(name);
        if (!isRead && !kept) continue;
        tables.set(name, grown(kept ?? { young: new Map(), old: new Map() }, entries, max));
      }
    },
  };
}

/** About, and rather too many: what a batch knows already counts once more. */
function bytesOf(batch: BatchRows): number {
  let bytes = 0;
  for (const { isRead, entries } of batch.tables()) {
    if (!isRead) continue;
    for (const { row } of entries.values()) bytes += row ? 2 * JSON.stringify(row).length : 0;
  }
  return bytes;
}

type Entries = ReadonlyMap<string, KnownRow>;
type Generations = Readonly<{ young: Map<string, KnownRow>; old: Entries }>;

/** What is not read again while a generation fills is forgotten with the one before it. */
function grown(kept: Generations, entries: Entries, max: number): Generations {
  const isFull = kept.young.size + entries.size > max;
  const { young, old } = isFull ? { young: new Map<string, KnownRow>(), old: kept.young } : kept;
  for (const [identity, entry] of entries) young.set(identity, entry);
  return { young, old };
}
