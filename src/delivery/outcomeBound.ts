import type { Delivered, Outcome } from "./outcome.policy";
import { outcomeId } from "./outcomeId";
import type { Queryable } from "../postgres/database";

/** How many different outcomes are stored of a key in an hour; what else it had counts as others. */
export const OUTCOMES_PER_HOUR_MAX = 500;
/** As long as there are fewer, reported ones are stored: what is made up elsewhere leaves room for what servers counted. */
export const REPORTED_OUTCOMES_PER_HOUR_MAX = 250;

/** `id` is the outcome's. */
export type NamedRow = Delivered & Readonly<{ id: string }>;

/** A key in an hour. */
type KeyHour = Readonly<{ app: string; environment: string; key: string; hourMs: number }>;

/** The outcomes that rows are stored as: what is beyond the bound of its key and hour counts together. Not two are the same. */
export async function boundedRows(
  connection: Queryable,
  rows: readonly NamedRow[],
  outcomesMax = OUTCOMES_PER_HOUR_MAX,
): Promise<readonly NamedRow[]> {
  const isNew = await newIn(connection, rows);
  if (!rows.some(isNew)) return rows;
  const stored = await lockKeyHours(connection, rows.filter(isNew));
  // Again, since another server may have stored some before the lock was ours.
  const isStillNew = await newIn(connection, rows);
  const bounded = rows.map((row) => {
    if (!isStillNew(row)) return row;
    const name = keyHourOf(row);
    const known = stored.get(name) ?? 0;
    if (known >= outcomesMax) return asOther(row);
    stored.set(name, known + 1);
    return row;
  });
  await saveKeyHours(connection, stored);
  return merged(bounded);
}

/** Still tells why and from where it came, which is bounded by itself. */
function asOther(row: NamedRow): NamedRow {
  const outcome: Outcome = { ...row.outcome, version: null, segment: null, value: null };
  return { ...row, outcome, id: outcomeId(outcome) };
}

/** Each outcome and hour once, with all that was counted of it. */
export function merged(rows: readonly NamedRow[]): readonly NamedRow[] {
  const all = new Map<string, NamedRow>();
  for (const row of rows) {
    const name = `${row.id} ${row.hourMs}`;
    all.set(name, { ...row, count: row.count + (all.get(name)?.count ?? 0) });
  }
  return [...all.values()];
}

/** Tells which rows have no count yet. */
async function newIn(connection: Queryable, rows: readonly NamedRow[]): Promise<(row: NamedRow) => boolean> {
  const found = await connection.query<{ outcome: string; hour_ms: number }>(
    `select counts.outcome, (extract(epoch from counts.hour) * 1000)::float8 as hour_ms
       from unnest($1::uuid[], $2::timestamptz[]) as asked (outcome, hour)
       join delivery.counts on counts.outcome = asked.outcome and counts.hour = asked.hour`,
    [rows.map(({ id }) => id), rows.map(instantOf)],
    "delivery.findCounts",
  );
  const known = new Set(found.map(({ outcome, hour_ms }) => `${outcome} ${hour_ms}`));
  return ({ id, hourMs }) => !known.has(`${id} ${hourMs}`);
}

const instantOf = ({ hourMs }: Readonly<{ hourMs: number }>): string => new Date(hourMs).toISOString();

const nameOf = ({ app, environment, key, hourMs }: KeyHour): string =>
  JSON.stringify([app, environment, key, hourMs]);
const keyHourOf = ({ outcome, hourMs }: Delivered): string => nameOf({ ...outcome, hourMs });

/** How many outcomes are stored of each. Held until the transaction ends, all in the same order on every server. */
async function lockKeyHours(connection: Queryable, rows: readonly NamedRow[]): Promise<Map<string, number>> {
  const places = [...new Map(rows.map((row) => [keyHourOf(row), row])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { outcome, hourMs }]) => ({ ...outcome, hourMs }));
  const found = await connection.query<Omit<KeyHour, "hourMs"> & { hour_ms: number; outcomes: number }>(
    `insert into delivery.key_hours as known (app, environment, key, hour, outcomes)
     select asked.*, 0 from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) as asked
         on conflict (app, environment, key, hour) do update set outcomes = known.outcomes
     returning app, environment, key, (extract(epoch from hour) * 1000)::float8 as hour_ms, outcomes`,
    columnsOf(places),
    "delivery.lockKeyHours",
  );
  return new Map(
    found.map(({ hour_ms: hourMs, outcomes, ...place }) => [nameOf({ ...place, hourMs }), outcomes]),
  );
}

async function saveKeyHours(connection: Queryable, stored: ReadonlyMap<string, number>): Promise<void> {
  const places = [...stored.keys()].map((name) => {
    // Written by `nameOf`.
    const [app, environment, key, hourMs] = JSON.parse(name) as [string, string, string, number];
    return { app, environment, key, hourMs };
  });
  await connection.query(
    `update delivery.key_hours as known set outcomes = told.outcomes
       from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::integer[])
            as told (app, environment, key, hour, outcomes)
      where known.app = told.app and known.environment = told.environment
        and known.key = told.key and known.hour = told.hour`,
    [...columnsOf(places), [...stored.values()]],
    "delivery.saveKeyHours",
  );
}

function columnsOf(places: readonly KeyHour[]): readonly (readonly string[])[] {
  return [
    places.map(({ app }) => app),
    places.map(({ environment }) => environment),
    places.map(({ key }) => key),
    places.map(instantOf),
  ];
}
