import type { PreparedBatch } from "./batch";
import type { KnownRow } from "./rows";

/** In one generation of one table; two are kept. The bytes are those of the rows' texts. */
export type KeptRowsLimits = Readonly<{ rowsMax: number; bytesMax: number }>;

/** For as long as a server runs. */
export const KEPT_ALWAYS: KeptRowsLimits = { rowsMax: 2_000, bytesMax: 256 * 1_024 };
/** Only while it catches up, when the rows of all apps are changed in turn. */
export const KEPT_WHILE_CATCHING_UP: KeptRowsLimits = { rowsMax: 10_000, bytesMax: 2 * 1_048_576 };

/**
 * The rows that earlier batches read or wrote, as they left them, so that they need not be loaded again. Right for as
 * long as nobody else moves the checkpoint, which the next write finds out.
 */
export interface KeptRows {
  find(table: string, identity: string): KnownRow | undefined;
  /** Takes over what a batch knows. Tables that nobody has read from yet are left out. */
  keep(batch: KnownBatch): void;
}

export type KnownBatch = Pick<PreparedBatch, "rows" | "bytes">;

export function createKeptRows({ rowsMax, bytesMax }: KeptRowsLimits): KeptRows {
  const tables = new Map<string, Generations>();

  function generationsFor(table: string, entries: Entries, bytes: number): Generations {
    const kept = tables.get(table) ?? { young: new Map(), bytes: 0, old: new Map() };
    const isFull = kept.young.size + entries.size > rowsMax || kept.bytes + bytes > bytesMax;
    const { young, old } = isFull ? { young: new Map<string, KnownRow>(), old: kept.young } : kept;
    return { young, bytes: isFull ? bytes : kept.bytes + bytes, old };
  }

  return {
    find(table, identity) {
      const kept = tables.get(table);
      return kept?.young.get(identity) ?? kept?.old.get(identity);
    },
    keep({ rows, bytes }) {
      for (const { name, isRead, loadedBytes, entries } of rows.tables()) {
        if (!isRead && !tables.has(name)) continue;
        const generations = generationsFor(name, entries, loadedBytes + (bytes.get(name) ?? 0));
        // A batch that is too much by itself is not kept, and neither is what it has made outdated.
        if (entries.size > rowsMax || generations.bytes > bytesMax) tables.delete(name);
        else tables.set(name, withYoung(generations, entries));
      }
    },
  };
}

type Entries = ReadonlyMap<string, KnownRow>;
/** What is not read again while a generation fills is forgotten with the one before it. */
type Generations = Readonly<{ young: Map<string, KnownRow>; bytes: number; old: Entries }>;

function withYoung(generations: Generations, entries: Entries): Generations {
  for (const [identity, entry] of entries) generations.young.set(identity, entry);
  return generations;
}
