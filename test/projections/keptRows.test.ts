import { createKeptRows, type KnownBatch } from "../../src/projections/keptRows";
import { createBatchRows } from "../../src/projections/rows";
import type { Table } from "../../src/projections/projection";
import type { TableShapes } from "../../src/projections/tableShape";

type Row = { name: string; size: number };
const table: Table<Row> = { name: "things", primaryKey: ["name"] };
const columns = [
  { name: "name", type: "text" },
  { name: "size", type: "integer" },
];
const shapes: TableShapes = new Map([[table.name, { table, columns }]]);
const empty = { query: () => Promise.resolve([]) };

const MANY = { rowsMax: 100, bytesMax: 1_000 };

/** A batch that reads `read` from an empty table, and then puts `put`, which takes so many bytes to write. */
async function batchOf(read: readonly string[], put: readonly Row[], bytes = 1): Promise<KnownBatch> {
  const rows = createBatchRows(shapes);
  await rows.load(
    empty,
    "models",
    read.map((name) => ({ table, key: [name] })),
  );
  for (const row of put) rows.put(table, row);
  return { rows, bytes: new Map([[table.name, bytes]]) };
}

describe("kept rows", () => {
  it("are those of the latest batch that knew them", async () => {
    const kept = createKeptRows(MANY);
    kept.keep(await batchOf(["lamp"], [{ name: "lamp", size: 1 }]));
    kept.keep(await batchOf(["desk"], [{ name: "lamp", size: 2 }]));
    expect(kept.find("things", "lamp")?.row).toEqual({ name: "lamp", size: 2 });
    expect(kept.find("things", "desk")).toEqual({ key: ["desk"], row: undefined, isChanged: false });
    expect(kept.find("things", "sofa")).toBeUndefined();
  });

  it("leave out a table that is only written", async () => {
    const kept = createKeptRows(MANY);
    kept.keep(await batchOf([], [{ name: "lamp", size: 1 }]));
    expect(kept.find("things", "lamp")).toBeUndefined();
  });

  it("are as many as fit into the memory that they may take, in two generations", async () => {
    for (const [bytesMax, isKept] of [
      [20, true],
      [19, false],
    ] as const) {
      const kept = createKeptRows({ ...MANY, bytesMax });
      kept.keep(await batchOf(["lamp"], [], 10));
      kept.keep(await batchOf(["desk"], [], 10));
      expect(kept.find("things", "lamp")).toBeDefined();
      kept.keep(await batchOf(["sofa"], [], 10));
      // With room for two, the third begins a generation and the first is in the one before it.
      expect(kept.find("things", "lamp") !== undefined).toBe(isKept);
    }
  });

  it("are none after a batch that is too much by itself, which may have made them outdated", async () => {
    for (const tooMuch of [
      await batchOf([], [{ name: "lamp", size: 2 }], MANY.bytesMax + 1),
      await batchOf(
        Array.from({ length: MANY.rowsMax + 1 }, (_, index) => `thing ${index}`),
        [],
      ),
    ]) {
      const kept = createKeptRows(MANY);
      kept.keep(await batchOf(["lamp"], [{ name: "lamp", size: 1 }]));
      kept.keep(tooMuch);
      expect(kept.find("things", "lamp")).toBeUndefined();
    }
  });

  it("forget what was not known again for a generation, and never show a row from before its last change", async () => {
    const kept = createKeptRows({ ...MANY, rowsMax: 2 });
    kept.keep(await batchOf(["lamp"], [{ name: "desk", size: 1 }]));
    kept.keep(await batchOf([], [{ name: "desk", size: 2 }]));
    expect(kept.find("things", "desk")?.row).toEqual({ name: "desk", size: 2 });
    expect(kept.find("things", "lamp")).toBeDefined();
    kept.keep(await batchOf(["sofa", "door"], []));
    expect(kept.find("things", "lamp")).toBeUndefined();
    expect(kept.find("things", "desk")?.row).toEqual({ name: "desk", size: 2 });
  });
});
