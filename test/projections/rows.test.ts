import type { Database } from "../../src/postgres/database";
import type { Table } from "../../src/projections/projection";
import { createBatchRows } from "../../src/projections/rows";
import { readShapes, type TableShapes } from "../../src/projections/tableShape";
import { things, thingsDatabase, type ThingRow, type ThingsDatabase } from "./things";

const row: ThingRow = {
  app: "shop",
  name: "a",
  size: 1,
  tags: { z: 1, a: [2] },
  touched_at: "2026-01-01T00:00:00Z",
  is_removed: false,
};

describe("the rows of a batch", () => {
  let server: ThingsDatabase;
  let database: Database;
  let shapes: TableShapes;

  beforeAll(async () => {
    server = await thingsDatabase();
    database = server.open();
    shapes = await readShapes(database, "models", [things]);
    await database.query(
      `insert into models.things (app, name, size, tags, touched_at, is_removed)
       values ('shop', 'stored', 7, '{"z": 1, "a": 2}', '2026-01-01T00:00:00Z', false)`,
    );
  });
  afterAll(() => server.drop());

  it("refuses a row that `reads` does not name", () => {
    const rows = createBatchRows(shapes);
    expect(() => rows.get(things, ["shop", "a"])).toThrow("`reads` does not name");
  });

  it("refuses a row without one of its columns", () => {
    const rows = createBatchRows(shapes);
    const partial = { app: "shop", name: "a", size: 1 };
    // What the types refuse, and a query result cast too boldly would not.
    expect(() => rows.put(things as unknown as Table<typeof partial>, partial)).toThrow("without tags");
  });

  it("does not ask for generated columns", () => {
    expect(shapes.get("things")?.columns.map(({ name }) => name)).not.toContain("lower_name");
  });

  it("gives what was put as the database would, whatever the order of its members", () => {
    const rows = createBatchRows(shapes);
    const { name, ...others } = row;
    rows.put(things, { ...others, name });
    const got = rows.get(things, ["shop", "a"]);
    expect(got).toEqual({ ...row, touched_at: "2026-01-01T00:00:00.000Z" });
    expect(Object.keys(got ?? {})).toEqual(["app", "name", "size", "tags", "touched_at", "is_removed"]);
  });

  it("loads stored rows, and knows which do not exist", async () => {
    const rows = createBatchRows(shapes);
    await rows.load(database, "models", [
      { table: things, key: ["shop", "stored"] },
      { table: things, key: ["shop", "missing"] },
    ]);
    expect(rows.get(things, ["shop", "stored"])).toMatchObject({ size: 7, tags: { z: 1, a: 2 } });
    expect(rows.get(things, ["shop", "missing"])).toBeUndefined();
    expect(rows.changes()).toEqual([]);
  });

  it("looks for no row that an event of the batch makes, nor does a later event of it", async () => {
    const rows = createBatchRows(shapes);
    const made = { table: things, key: ["shop", "stored"] };
    await rows.load(database, "models", [{ ...made, isMade: true }, made]);
    // There is one in the database: it was not asked.
    expect(rows.get(things, made.key)).toBeUndefined();
  });

  it("writes each row once, as it was last", () => {
    const rows = createBatchRows(shapes);
    rows.put(things, row);
    rows.put(things, { ...row, size: 2 });
    rows.put(things, { ...row, name: "b" });
    rows.remove(things, ["shop", "b"]);
    const [change] = rows.changes();
    expect(change?.put).toEqual([expect.objectContaining({ name: "a", size: 2 })]);
    expect(change?.removed).toEqual([["shop", "b"]]);
  });

  it("refuses a table that no migration made", async () => {
    const nowhere = { name: "nowhere", primaryKey: ["id"] };
    await expect(readShapes(database, "models", [nowhere])).rejects.toThrow("models.nowhere");
  });
});
