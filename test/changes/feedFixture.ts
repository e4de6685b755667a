import type { ChangeBatch, ChangeFeed, ChangeItem } from "../../src/changes/changeFeed";
import { createChangeFeed } from "../../src/changes/postgresChangeFeed";
import type { EventStore } from "../../src/eventstore/eventStore";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import type { Database } from "../../src/postgres/database";
import { serverSecret } from "../../src/postgres/serverSecret";
import { createProjectionRunner, type ProjectionRunner } from "../../src/projections/runner";
import { collectingLogger, thingsDatabase, thingsProjection } from "../projections/things";

export type FeedServer = Readonly<{
  runner: ProjectionRunner;
  feed: ChangeFeed;
  database: Database;
  /** How often the feed has read rows of the table. */
  reads: () => number;
  /** The next query of the feed is never answered. */
  swallowNext: () => void;
  /** Moves the clock that checkpoints go by. */
  advanceMs: (ms: number) => void;
  stop: () => Promise<void>;
}>;

export type FeedFixture = Readonly<{
  store: EventStore;
  database: Database;
  /** One more server on the same database. */
  startServer: (options?: ServerOptions) => Promise<FeedServer>;
  stop: () => Promise<void>;
}>;

type ServerOptions = Readonly<{ logId?: string; ringEventsMax?: number; lookMsMax?: number }>;

/** Servers that project things and serve their feed. */
export async function feedFixture(): Promise<FeedFixture> {
  const things = await thingsDatabase();
  const store = createMemoryEventStore();
  const servers: FeedServer[] = [];

  async function startServer(options: ServerOptions = {}): Promise<FeedServer> {
    const database = things.open();
    const logger = collectingLogger();
    const runner = createProjectionRunner({ store, database, logger, projections: [thingsProjection] });
    await runner.start();
    let nowMs = 0;
    let reads = 0;
    let swallows = false;
    const feed = createChangeFeed({
      ...options,
      database: {
        ...database,
        query: (text, parameters, name) => {
          if (name === "changes.readChanges") reads++;
          if (swallows) {
            swallows = false;
            return new Promise(() => undefined);
          }
          return database.query(text, parameters, name);
        },
      },
      logId: options.logId ?? (await store.logId()),
      secret: await serverSecret(database, "cursors"),
      onProjected: (listener) => runner.onProjected(listener),
      nowMs: () => nowMs,
      pollMs: 20,
    });
    const server: FeedServer = {
      runner,
      feed,
      database,
      reads: () => reads,
      swallowNext: () => void (swallows = true),
      advanceMs: (ms) => (nowMs += ms),
      stop: async () => {
        feed.close();
        await runner.stop();
      },
    };
    servers.push(server);
    return server;
  }

  return {
    store,
    database: things.open(),
    startServer,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await things.drop();
    },
  };
}

/** The items of a feed one by one. */
export async function* oneByOne(batches: AsyncIterable<ChangeBatch>): AsyncGenerator<ChangeItem> {
  for await (const { items } of batches) yield* items;
}

/** The next `count` items of a stream; the stream stays open. */
export async function take(stream: AsyncIterator<ChangeItem>, count: number): Promise<ChangeItem[]> {
  const items: ChangeItem[] = [];
  while (items.length < count) {
    const next = await stream.next();
    if (next.done === true) throw new Error(`The stream ended after ${items.length} items.`);
    items.push(next.value);
  }
  return items;
}

export const kindsOf = (items: readonly ChangeItem[]): string[] => items.map(({ kind }) => kind);
export const subjectsOf = (items: readonly ChangeItem[]): string[] =>
  items.flatMap(({ event }) => (event ? [event.subject] : []));
