import { randomBytes, randomUUID } from "node:crypto";
import { createPostgresEventStore } from "../src/eventstore/postgres";
import { NO_STREAM, type Append, type EventStore } from "../src/eventstore/eventStore";
import { silent } from "../src/lib/logger";
import type { Database } from "../src/postgres/database";
import { migrate } from "../src/postgres/migrations";
import { createDatabase } from "../src/postgres/pool";

const CONCURRENCIES = [1, 8, 64] as const;
const MEASURE_MS = 1_500;
const ROUNDS = 3;

/** What an event of ours looks like, about: 300 bytes. */
const DATA = {
  id: "segment_shop_4f7qk2",
  name: "iPhone users in New York",
  description: "Those who see the dark mode first.",
  condition: {
    device: "iPhone",
    city: "New York",
    age: { $gte: 18, $lt: 65 },
    appVersion: { $vgte: "12.4.0" },
  },
};

/**
 * Appends per second through the port, beside two yardsticks in the same run on the same server: plain inserts of the
 * same rows, one transaction each, and an append which takes the head's lock in a transaction of its own.
 */
export async function runAppendBench(url: string): Promise<void> {
  await withOwnDatabase(url, async (ownUrl) => {
    await migrate(ownUrl, "migrations", silent);
    const database = createDatabase(ownUrl, { connectionsMax: 64 });
    await database.query(YARDSTICKS);
    const store = createPostgresEventStore({ database, url: ownUrl });
    // As in the server, where projections listen.
    store.onAppended(() => undefined);
    const rounds: Rates[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await measureRound(store, database));
    print(rounds);
    await store.close();
    await database.close();
  });
}

type Rates = Readonly<Record<string, number>>;

async function measureRound(store: EventStore, database: Database): Promise<Rates> {
  const rates: Record<string, number> = {};
  // The things compared take turns, so that a noisy neighbour meets all of them.
  for (const inFlight of CONCURRENCIES) {
    rates[`append ${inFlight}`] = await perSecond(inFlight, appendTo(store));
    rates[`insert ${inFlight}`] = await perSecond(inFlight, () => insertRow(database));
  }
  rates["locked"] = await perSecond(64, (client) => appendLocked(database, `locked-${client}`));
  rates["one call"] = await perSecond(64, (client) => appendInOneCall(database, `called-${client}`));
  return rates;
}

async function perSecond(inFlight: number, work: (client: number) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let done = 0;
  const client = async (_: unknown, index: number): Promise<void> => {
    while (performance.now() - start < MEASURE_MS) {
      await work(index);
      done++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, client));
  return (1_000 * done) / (performance.now() - start);
}

/** Every client appends to a stream of its own, knowing its revision, as the command handler of an app does. */
function appendTo(store: EventStore): (client: number) => Promise<unknown> {
  const run = randomUUID();
  const revisions = new Map<number, number>();
  return async (client) => {
    const result = await store.append(appendOf(`app-${run}-${client}`, revisions.get(client) ?? NO_STREAM));
    if (result.outcome !== "appended")
      throw new Error(`An append that nothing can conflict with: ${result.outcome}.`);
    revisions.set(client, result.revision);
  };
}

function appendOf(stream: string, expectedRevision: number): Append {
  const commandId = randomUUID();
  return {
    stream,
    expectedRevision,
    commandId,
    events: [{ type: "SegmentCreated", schemaVersion: 1, data: DATA }],
    meta: metaOf(commandId),
  };
}

function metaOf(commandId: string) {
  return { actor: "admin", commandId, recordedAt: new Date().toISOString(), fingerprint: "5f2d8c1e" };
}

const YARDSTICKS = `
  create schema yardstick;
  create table yardstick.events (
    position bigint generated always as identity primary key, stream text not null, revision bigint not null,
    id uuid not null, type text not null, schema_version integer not null, data text not null, meta text not null,
    recorded_at timestamptz not null
  );
  create table yardstick.head (one smallint primary key, position bigint not null) with (fillfactor = 10);
  insert into yardstick.head values (1, 0);
  create table yardstick.locked_events (
    position bigint primary key, stream text not null, revision bigint not null, id uuid not null, type text not null,
    schema_version integer not null, data text not null, meta text not null, recorded_at timestamptz not null,
    unique (stream, revision)
  );
  create function yardstick.append(text, uuid, text, integer, text, text, timestamptz) returns void language plpgsql as $$
  declare
    next_position bigint;
    next_revision bigint;
  begin
    update yardstick.head set position = position + 1 where one = 1 returning position into next_position;
    select coalesce(max(revision), -1) + 1 into next_revision from yardstick.locked_events where stream = $1;
    insert into yardstick.locked_events values (next_position, $1, next_revision, $2, $3, $4, $5, $6, $7);
  end $$;`;

const INSERT = `
  insert into yardstick.events (stream, revision, id, type, schema_version, data, meta, recorded_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;

function insertRow(database: Database): Promise<unknown> {
  return database.query(INSERT, ["app-shop", 1, ...eventColumns()], "yardstick_insert");
}

function eventColumns(): unknown[] {
  const meta = metaOf(randomUUID());
  return [randomUUID(), "SegmentCreated", 1, JSON.stringify(DATA), JSON.stringify(meta), meta.recordedAt];
}

/** The usual way: lock the head, look at the stream, insert, commit; each step a round trip. */
function appendLocked(database: Database, stream: string): Promise<void> {
  return database.transaction(async (connection) => {
    const [head] = await connection.query<{ position: number }>(LOCKED_HEAD, [], "yardstick_head");
    const [last] = await connection.query<{ revision: number | null }>(
      LOCKED_LAST,
      [stream],
      "yardstick_last",
    );
    const revision = (last?.revision ?? -1) + 1;
    const columns = [head?.position ?? 0, stream, revision, ...eventColumns()];
    await connection.query(LOCKED_INSERT, columns, "yardstick_locked");
  });
}

/** The same in one round trip: the shortest time for which such a lock can be held. */
function appendInOneCall(database: Database, stream: string): Promise<unknown> {
  return database.query(ONE_CALL, [stream, ...eventColumns()], "yardstick_one_call");
}

const ONE_CALL = "select yardstick.append($1, $2, $3, $4, $5, $6, $7)";
const LOCKED_HEAD = "update yardstick.head set position = position + 1 where one = 1 returning position";
const LOCKED_LAST = "select max(revision) as revision from yardstick.locked_events where stream = $1";
const LOCKED_INSERT = `
  insert into yardstick.locked_events (position, stream, revision, id, type, schema_version, data, meta, recorded_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

function print(rounds: readonly Rates[]): void {
  const rate = (name: string): number => median(rounds.map((rates) => rates[name] ?? 0));
  console.log("appends per second (median of rounds)");
  for (const inFlight of CONCURRENCIES) {
    const [ours, raw] = [rate(`append ${inFlight}`), rate(`insert ${inFlight}`)];
    console.log(
      `  ${inFlight} in flight: ${ours.toFixed(0)}, raw inserts ${raw.toFixed(0)}: ratio ${(ours / raw).toFixed(2)}`,
    );
  }
  const ours = rate("append 64");
  const locked = { "five round trips": rate("locked"), "one call": rate("one call") };
  for (const [how, rateLocked] of Object.entries(locked)) {
    const ratio = (ours / rateLocked).toFixed(1);
    console.log(`  64 in flight, a lock per transaction (${how}): ${rateLocked.toFixed(0)}: ratio ${ratio}`);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function withOwnDatabase(url: string, use: (ownUrl: string) => Promise<void>): Promise<void> {
  const name = `bench_append_${randomBytes(4).toString("hex")}`;
  const server = createDatabase(url, { connectionsMax: 1 });
  await server.query(`create database ${name}`);
  try {
    const ownUrl = new URL(url);
    ownUrl.pathname = `/${name}`;
    await use(ownUrl.href);
  } finally {
    await server.query(`drop database if exists ${name} with (force)`);
    await server.close();
  }
}
