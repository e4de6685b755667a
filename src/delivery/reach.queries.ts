import { addSketch, type Sketch } from "./sketch";
import type { Database, Queryable } from "../postgres/database";

/** Rows of one transaction, and of one page. */
export const REACH_ROWS_MAX = 500;

/** Whom a version of a config or flag gave a key on a day. */
export type ReachRow = Readonly<{
  source: string;
  environment: string;
  /** As "2026-01-31". */
  day: string;
  key: string;
  /** 0: none. */
  version: number;
  sketch: Sketch;
}>;

/** Adds to who is known to be reached. Doing it again changes nothing. The rows are in an order that all servers share. */
export async function saveReach(
  database: Pick<Database, "transaction">,
  rows: readonly ReachRow[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += REACH_ROWS_MAX) {
    const some = rows.slice(start, start + REACH_ROWS_MAX);
    await database.transaction(async (connection) => {
      const added = new Set((await addNew(connection, some)).map(nameOf));
      await mergeKnown(
        connection,
        some.filter((row) => !added.has(nameOf(row))),
      );
    });
  }
}

type RowName = Omit<ReachRow, "sketch">;
const nameOf = ({ source, environment, day, key, version }: RowName): string =>
  JSON.stringify([source, environment, day, key, version]);

function addNew(connection: Queryable, rows: readonly ReachRow[]): Promise<RowName[]> {
  return connection.query<RowName>(
    `insert into delivery.reach (source, environment, day, key, version, registers)
     select told.source, told.environment, told.day, told.key, told.version, decode(told.registers, 'hex')
       from ${TOLD}
         on conflict do nothing
     returning source, environment, day::text, key, version`,
    [...namesOf(rows), rows.map(({ sketch }) => hexOf(sketch))],
    "delivery.addReach",
  );
}

async function mergeKnown(connection: Queryable, rows: readonly ReachRow[]): Promise<void> {
  if (rows.length === 0) return;
  const known = await connection.query<RowName & { registers: Buffer }>(
    `select reach.source, reach.environment, reach.day::text, reach.key, reach.version, reach.registers
       from unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::integer[])
            with ordinality as told (source, environment, day, key, version, place)
       join delivery.reach
         on reach.source = told.source and reach.environment = told.environment and reach.day = told.day
        and reach.key = told.key and reach.version = told.version
      order by told.place
        for update of reach`,
    namesOf(rows),
    "delivery.lockReach",
  );
  const sketchOf = new Map(rows.map((row) => [nameOf(row), row.sketch]));
  const grown = known.flatMap(({ registers, ...name }) => {
    const sketch = new Uint8Array(registers);
    const isGrown = addSketch(sketch, sketchOf.get(nameOf(name)) ?? sketch);
    return isGrown ? [{ ...name, sketch }] : [];
  });
  if (grown.length === 0) return;
  await connection.query(
    `update delivery.reach set registers = decode(told.registers, 'hex')
       from ${TOLD}
      where reach.source = told.source and reach.environment = told.environment and reach.day = told.day
        and reach.key = told.key and reach.version = told.version`,
    [...namesOf(grown), grown.map(({ sketch }) => hexOf(sketch))],
    "delivery.mergeReach",
  );
}

const TOLD = `unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::integer[], $6::text[])
              as told (source, environment, day, key, version, registers)`;

const hexOf = (sketch: Sketch): string => Buffer.from(sketch).toString("hex");

function namesOf(rows: readonly RowName[]): readonly (readonly (string | number)[])[] {
  return [
    rows.map(({ source }) => source),
    rows.map(({ environment }) => environment),
    rows.map(({ day }) => day),
    rows.map(({ key }) => key),
    rows.map(({ version }) => version),
  ];
}

/** What is asked of a config or flag: days with both ends. */
export type ReachRequest = Readonly<{ source: string; environment: string; from: string; to: string }>;

/** Tells `visit` of every row, a page after the other, so that as many as there are fit. */
export async function eachReached(
  database: Queryable,
  { source, environment, from, to }: ReachRequest,
  visit: (row: Omit<ReachRow, "source" | "environment">) => void,
): Promise<void> {
  let after: readonly [string, string, number] = [from, "", -1];
  for (;;) {
    const rows = await database.query<{ day: string; key: string; version: number; registers: Buffer }>(
      `select day::text, key, version, registers from delivery.reach
        where source = $1 and environment = $2 and (day, key, version) > ($3::date, $4::text, $5::integer)
          and day <= $6::date
        order by day, key, version limit ${REACH_ROWS_MAX}`,
      [source, environment, ...after, to],
      "delivery.findReach",
    );
    for (const { registers, ...row } of rows) visit({ ...row, sketch: new Uint8Array(registers) });
    const last = rows.at(-1);
    if (!last || rows.length < REACH_ROWS_MAX) return;
    after = [last.day, last.key, last.version];
  }
}
