import type { BatchRows, KnownRow } from "./rows";

/** In one generation of one table; two are kept. Enough for what is changed again and again. */
export const KEPT_ROWS_MAX = 2_000;

/**
 * The rows that earlier batches read or wrote, as they left them, so that they need not be loaded again. Right for as
 * long as nobody else moves the checkpoint, which the next write finds out.
 */
export interface KeptRows {
  find(table: string, identity: string): KnownRow | undefined;
  /** Takes over what a batch knows. Tables that nobody has read from yet are left out. */
  keep(batch: BatchRows): void;
}

export function createKeptRows(max = KEPT_ROWS_MAX): KeptRows {
  const tables = new Map<string, Generations>();
  return {
    find(table, identity) {
      const kept = tables.get(table);
      return kept?.young.get(identity) ?? kept?.old.get(identity);
    },
    keep(batch) {
      for (const { name, isRead, entries } of batch.tables()) {
        const kept = tables.get(name);
        if (!isRead && !kept) continue;
        tables.set(name, grown(kept ?? { young: new Map(), old: new Map() }, entries, max));
      }
    },
  };
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
