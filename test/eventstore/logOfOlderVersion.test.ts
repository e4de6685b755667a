import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeAppend } from "../../src/eventstore/encodedAppend";
import { batchParameters } from "../../src/eventstore/appendStatements";
import { NO_STREAM, type Append, type EventStore, type Wake } from "../../src/eventstore/eventStore";
import { createPostgresEventStore } from "../../src/eventstore/postgres";
import { silent } from "../../src/lib/logger";
import type { Database } from "../../src/postgres/database";
import { migrate } from "../../src/postgres/migrations";
import { createDatabase } from "../../src/postgres/pool";
import { freshDatabase, MIGRATIONS_FOLDER } from "../support/postgres";
import { until } from "../support/until";
import { appendOf, many, newStream, readLog } from "./appends";

/** The first migration that servers of the older version did not have. */
const NEWER = "0015_log_lean_appends.sql";

let url: string;
let database: Database;
let store: EventStore;
let drop: () => Promise<void>;
const stream = newStream();
const first = appendOf(stream, NO_STREAM, { events: many(3) });

beforeAll(async () => {
  ({ url, drop } = await freshDatabase());
  const older = await mkdtemp(join(tmpdir(), "older-migrations-"));
  const files = (await readdir(MIGRATIONS_FOLDER)).filter((file) => file < NEWER);
  await Promise.all(files.map((file) => copyFile(join(MIGRATIONS_FOLDER, file), join(older, file))));
  await migrate(url, older, silent);
  await rm(older, { recursive: true });
  database = createDatabase(url);
  await appendAsOlder(first);
  await migrate(url, MIGRATIONS_FOLDER, silent);
  store = createPostgresEventStore({ database, url, pollIntervalMs: 60_000 });
});

afterAll(async () => {
  await store.close();
  await database.close();
  await drop();
});

/** As servers of the older version append, which tell the others within the commit. */
function appendAsOlder(append: Append): Promise<unknown[]> {
  return database.query(
    "select b.outcome from log.append_batch('older', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as b",
    batchParameters([encodeAppend(append)]),
  );
}

it("a log that an older version wrote goes on where it ended, and knows what was appended", async () => {
  expect(await store.append(appendOf(stream, 1))).toEqual({ outcome: "conflict", actualRevision: 2 });
  expect(await store.append(first)).toMatchObject({ outcome: "duplicate", revision: 2 });
  expect(await store.append(appendOf(stream, 2))).toMatchObject({ outcome: "appended", revision: 3 });
  const events = await readLog(store);
  expect(events.map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
});

it("a server of the older version that still runs appends to the same log, and tells the others", async () => {
  const wakes: Wake[] = [];
  store.onAppended((wake) => wakes.push(wake));
  await until("it listens", () => wakes.length > 0);
  const other = newStream();
  expect(await appendAsOlder(appendOf(other, NO_STREAM))).toEqual([{ outcome: "appended" }]);
  await until("it is told of", () => wakes.some(({ streams }) => streams?.includes(other)));
  expect(await store.append(appendOf(other, 0))).toMatchObject({ outcome: "appended", revision: 1 });
  expect(await appendAsOlder(appendOf(other, 1))).toEqual([{ outcome: "appended" }]);
});
