import { Pool, type PoolClient, type QueryConfig } from "pg";
import { invariant } from "../lib/invariant";
import { clientConfig, type ClientOptions } from "./clientConfig";
import { DatabaseUnavailable, type Database, type Queryable } from "./database";
import { askOver, createSilenceWatch, type SilenceWatch } from "./silence";
import { mapDatabaseError } from "./unavailable";

/** Each costs the server 2 to 3 MB, and a few keep two cores busy. */
export const CONNECTIONS_MAX = 8;
/** How many calls may wait for a connection; more are answered with DatabaseUnavailable at once. */
export const WAITING_MAX = 2_000;

export type DatabaseOptions = ClientOptions & Readonly<{ connectionsMax?: number; waitingMax?: number }>;

/** A bounded pool of connections. Connects when first asked, and again by itself after the database was away. */
export function createDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new Pool({
    ...clientConfig(url, options),
    max: options.connectionsMax ?? CONNECTIONS_MAX,
    idleTimeoutMillis: 60_000,
  });
  // A connection lost while nobody uses it concerns nobody: the pool has removed it, and the next call makes another.
  pool.on("error", () => undefined);
  // One lost while in use fails the query that is under way; without a listener it would end the process too.
  pool.on("connect", (client) => client.on("error", () => undefined));

  const waitingMax = options.waitingMax ?? WAITING_MAX;
  const watch = createSilenceWatch(askOver(url), options.silenceMs);
  let closing: Promise<void> | null = null;
  return {
    query: (text, parameters, name) =>
      withClient(pool, waitingMax, (client) => run({ client, watch }, text, parameters, name)),
    transaction: (work) => withClient(pool, waitingMax, (client) => transact({ client, watch }, work)),
    close: () => (closing ??= pool.end()),
  };
}

/** Gives a connection back after use, or throws it away if it may be broken. */
async function withClient<Result>(
  pool: Pool,
  waitingMax: number,
  use: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  if (pool.waitingCount >= waitingMax) {
    throw new DatabaseUnavailable(`The database is too slow: ${waitingMax} calls wait for it already.`);
  }
  const client = await pool.connect().catch(rethrowMapped);
  let isBroken = true;
  try {
    const result = await use(client);
    isBroken = false;
    return result;
  } catch (error) {
    const mapped = mapDatabaseError(error);
    isBroken = mapped instanceof DatabaseUnavailable || error instanceof RollbackFailed;
    throw error instanceof RollbackFailed ? error.cause : mapped;
  } finally {
    client.release(isBroken);
  }
}

function rethrowMapped(error: unknown): never {
  throw mapDatabaseError(error);
}

type Watched = Readonly<{ client: PoolClient; watch: SilenceWatch }>;

async function run<Row extends object>(
  { client, watch }: Watched,
  text: string,
  parameters: readonly unknown[] | undefined,
  name: string | undefined,
): Promise<Row[]> {
  const query: QueryConfig = { text };
  if (parameters && parameters.length > 0) query.values = [...parameters];
  if (name !== undefined) query.name = name;
  const result = await watch.during(client, () => client.query<Row>(query));
  // Several statements in one text, which only migrations send, give an array of results.
  return Array.isArray(result) ? [] : result.rows;
}

/** The connection is in an unknown state; its cause is what made the transaction fail in the first place. */
class RollbackFailed extends Error {}

async function transact<Result>(
  watched: Watched,
  work: (connection: Queryable) => Promise<Result>,
): Promise<Result> {
  const { connection, end } = queryableOf(watched);
  const say = (text: string) => watched.watch.during(watched.client, () => watched.client.query(text));
  await say("begin");
  try {
    const result = await work(connection);
    await end();
    const { command } = await say("commit");
    // PostgreSQL answers so if a statement failed before and `work` swallowed its error.
    invariant(command === "COMMIT", "a transaction went on after one of its statements had failed");
    return result;
  } catch (error) {
    await end();
    await say("rollback").catch(() => {
      throw new RollbackFailed("could not roll back", { cause: mapDatabaseError(error) });
    });
    throw error;
  }
}

/** Sends one query at a time, since node-postgres will not queue them for ever, and none after the transaction's end. */
function queryableOf(watched: Watched): { connection: Queryable; end: () => Promise<void> } {
  let isOver = false;
  let last: Promise<unknown> = Promise.resolve();
  const connection: Queryable = {
    async query<Row extends object>(text: string, parameters?: readonly unknown[], name?: string) {
      invariant(!isOver, "a transaction's connection was used after its end");
      const rows = last.then(() => run<Row>(watched, text, parameters, name));
      last = rows.catch(() => undefined);
      return rows.catch(rethrowMapped);
    },
  };
  const end = async (): Promise<void> => {
    isOver = true;
    await last;
  };
  return { connection, end };
}
