import { createKeptRows } from "../../src/projections/keptRows";
import { createBatchRows, type BatchRows } from "../../src/projections/rows";
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

/** A batch that reads `read` from an empty table, and then puts `put`. */
async function batchOf(read: readonly string[], put: readonly Row[]): Promise<BatchRows> {
  const rows = createBatchRows(shapes);
  await rows.load(
    empty,
    "models",
    read.map((name) => ({ table, key: [name] })),
  );
  for (const row of put) rows.put(table, row);
  return rows;
}

describe("kept rows", () => {
  it("are those of the latest batch that knew them", async () => {
    const kept = createKeptRows();
    kept.keep(await batchOf(["lamp"], [{ name: "lamp", size: 1 }]));
    kept.keep(await batchOf(["desk"], [{ name: "lamp", size: 2 }]));
    expect(kept.find("things", "lamp")?.row).toEqual({ name: "lamp", size: 2 });
    expect(kept.find("things", "desk")).toEqual({ key: ["desk"], row: undefined, isChanged: false });
    expect(kept.find("things", "sofa")).toBeUndefined();
  });

  it("leave out a table that is only written", async () => {
    const kept = createKeptRows();
    kept.keep(await batchOf([], [{ name: "lamp", size: 1 }]));
    expect(kept.find("things", "lamp")).toBeUndefined();
  });

  it("begin anew when they would take more memory than they may", async () => {
    const row = { name: "lamp", size: 1 };
    const bytes = 2 * JSON.stringify(row).length;
    for (const [bytesMax, isKept] of [
      [2 * bytes, true],
      [2 * bytes - 1, false],
    ] as const) {
      const kept = createKeptRows(100, bytesMax);
      kept.keep(await batchOf(["lamp"], [row]));
      expect(kept.find("things", "lamp")).toBeDefined();
      kept.keep(await batchOf(["desk"], [{ name: "desk", size: 1 }]));
      expect(kept.find("things", "lamp") !== undefined).toBe(isKept);
    }
  });

  it("forget what was not known again for a generation, and never show a row from before its last change", async () => {
    const kept = createKeptRows(2);
    kept.keep(await batchOf(["lamp"], [{ name: "desk", size: 1 }]));
    kept.keep(await batchOf([], [{ name: "desk", size: 2 }]));
    expect(kept.find("things", "desk")?.row).toEqual({ name: "desk", size: 2 });
    expect(kept.find("things", "lamp")).toBeDefined();
    kept.keep(await batchOf(["sofa", "door"], []));
    expect(kept.find("things", "lamp")).toBeUndefined();
    expect(kept.find("things", "desk")?.row).toEqual({ name: "desk", size: 2 });
  });
});
