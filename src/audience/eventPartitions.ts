// cspell:ignore inhrelid inhparent
import { LATE_DAYS_MAX } from "./track.policy";
import type { Database, Queryable } from "../postgres/database";

const DAY_MS = 86_400_000;
/** So that none is missing at the turn of a month. */
const AHEAD_DAYS = 40;
/** Held while one is made: `create table if not exists` fails when two do it at once. Any number will do. */
const PARTITIONS_LOCK = 7_205_760;

/** Makes the parts of the table of events, one a month, for all that may be sent now. */
export async function makePartitions(database: Database, now: Date): Promise<void> {
  const first = new Date(now.getTime() - (LATE_DAYS_MAX + 1) * DAY_MS);
  const last = new Date(now.getTime() + AHEAD_DAYS * DAY_MS);
  await database.transaction((connection) => makePartitionsIn(connection, first, last));
}

/** Makes, within a transaction, the parts for what happened from one instant to another. */
export async function makePartitionsIn(connection: Queryable, first: Date, last: Date): Promise<void> {
  await connection.query("select pg_advisory_xact_lock($1)", [PARTITIONS_LOCK]);
  for (const month of monthsBetween(first, last)) {
    const [found] = await connection.query<{ exists: boolean }>(
      "select to_regclass($1) is not null as exists",
      [partitionOf(month)],
    );
    if (found?.exists === true) continue;
    // Names and bounds are our own numbers; statements of this kind take no parameters.
    await connection.query(
      `create table ${partitionOf(month)} partition of audience.events
         for values from ('${monthText(month)}-01Z') to ('${monthText(month + 1)}-01Z')`,
    );
  }
}

/** Whether a statement failed since there is no part for an event's month. */
export function isWithoutPartition(error: unknown): boolean {
  return error instanceof Error && (error as Error & { code?: unknown }).code === CHECK_VIOLATION;
}

const CHECK_VIOLATION = "23514";

/** Months as their number since the year 0. */
function monthsBetween(first: Date, last: Date): readonly number[] {
  const from = monthOf(first);
  return Array.from({ length: monthOf(last) - from + 1 }, (_, index) => from + index);
}

const monthOf = (date: Date): number => date.getUTCFullYear() * 12 + date.getUTCMonth();

function monthText(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
}

const partitionOf = (month: number): string => `audience.events_${monthText(month).replace("-", "_")}`;

/** Takes away the parts of which everything is older than an instant. A part that is in use is left for the next time. */
export async function dropPartitions(database: Database, before: Date): Promise<void> {
  const rows = await database.query<{ part: string }>(
    `select child.relname as part
       from pg_inherits
       join pg_class as child on child.oid = pg_inherits.inhrelid
      where pg_inherits.inhparent = 'audience.events'::regclass
      order by child.relname`,
    [],
    "audience.parts",
  );
  const kept = partitionOf(monthOf(before));
  for (const { part } of rows) {
    const name = `audience.${part}`;
    if (!PARTITION.test(name) || name >= kept) continue;
    await database.transaction(async (connection) => {
      await connection.query(`set local lock_timeout = ${DROP_WAITS_MS}`);
      // The name is of our own making; statements of this kind take no parameters.
      await connection.query(`drop table ${name}`);
      // No statement on the rows tells of whom they were.
      await connection.query("insert into audience.changed_users (user_keys) values (null)");
    });
  }
}

const PARTITION = /^audience\.events_\d{4}_\d{2}$/;
/** Whoever reads events waits behind it for as long. */
const DROP_WAITS_MS = 1_000;
