import fc from "fast-check";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { encodeTextArray } from "../../src/projections/textArray";
import { freshDatabase } from "../support/postgres";

describe("an array of texts in binary form", () => {
  let database: Database;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const fresh = await freshDatabase();
    database = createDatabase(fresh.url, { connectionsMax: 1 });
    drop = async () => {
      await database.close();
      await fresh.drop();
    };
  });
  afterAll(() => drop());

  async function sent(values: readonly (string | null)[]): Promise<unknown> {
    const rows = await database.query("select value from unnest($1::text[]) as given (value)", [
      encodeTextArray(values),
    ]);
    return rows.map(({ value }) => value);
  }

  it("is what PostgreSQL reads it to be", async () => {
    // All of Unicode but U+0000, which cannot stand in a text.
    const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll("\u0000", ""));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text), { minLength: 1 }), async (values) => {
        expect(await sent(values)).toEqual(values);
      }),
    );
  });

  it.each([
    ["nothing but nulls", [null, null]],
    ["an empty text", [""]],
    ["lengths of several bytes", ["x".repeat(255), "y".repeat(256), "z".repeat(70_000), "ä".repeat(70_000)]],
    ["quotes and braces", ['{"a": "b\\"c"}', "NULL", "{}", "\\"]],
  ])("holds %s", async (_, values) => {
    expect(await sent(values)).toEqual(values);
  });
});
