import { randomUUID } from "node:crypto";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import type { Oidc } from "../../src/access/jwt";
import type { PerMinute } from "../../src/access/rateLimits";
import type { CommandLine } from "../../src/lib/commandLog";
import { startServer, type RunningServer } from "../../src/server";
import { freshEventLog, type EventLog } from "./kurrentdb/eventLog";
import { freshDatabase } from "./postgres";
import { testLog } from "./testLog";

export type TestServer = Readonly<{
  address: string;
  token: string;
  databaseUrl: string;
  eventLog: EventLog["choice"];
  running: RunningServer;
  clock: TestClock;
  /** Every command that came to its end here, as the log has it. */
  commands: readonly CommandLine[];
  /** All that it logged. */
  log: () => string;
  /** The data of an operation that must succeed; @throws with the errors otherwise. */
  send: (document: string, variables?: Record<string, unknown>) => Promise<unknown>;
  /** The whole answer, whatever it is. */
  post: (body: unknown, headers?: Record<string, string>) => Promise<{ status: number; body: GraphqlBody }>;
  /** What stands at a path like `createKey.key.id`. */
  read: <Value = string>(data: unknown, path: string) => Value;
  /** Collects what a subscription yields until `isEnough` says so. */
  subscribe: (
    document: string,
    variables: Record<string, unknown>,
    isEnough: (items: readonly unknown[]) => boolean | Promise<boolean>,
  ) => Promise<unknown[]>;
  timeOfLastChange: (app: string) => Promise<string>;
  stop: () => Promise<void>;
}>;

export type GraphqlBody = {
  data?: unknown;
  errors?: { message: string; extensions?: Record<string, unknown> }[];
};

/** Time as the test says; until it says something, the machine's. */
export type TestClock = { now: () => Date; set: (instant: string) => void };

/** Starts a whole server on a database of its own, or on one that another test server made. */
export async function startTestServer(
  options: {
    on?: TestServer;
    clock?: TestClock;
    databaseUrl?: string;
    oidc?: Oidc;
    perMinute?: Partial<PerMinute>;
    deliveriesFlushedEveryMs?: number;
    /** Receivers of webhooks in tests stand on this machine. */
    arePrivateAddressesAllowed?: boolean;
    metricsToken?: string;
  } = {},
): Promise<TestServer> {
  const token = options.on?.token ?? `test-token-${randomUUID()}`;
  const url = options.databaseUrl ?? options.on?.databaseUrl;
  const database =
    url === undefined ? await freshDatabase({ migrated: true }) : { url, drop: async () => undefined };
  const eventLog = options.on
    ? { choice: options.on.eventLog, stop: async () => undefined }
    : await freshEventLog();
  const clock = options.clock ?? options.on?.clock ?? testClock();
  const log = testLog();
  const commands: CommandLine[] = [];
  const running = await startServer({
    databaseUrl: database.url,
    connectionsMax: 8,
    log: eventLog.choice,
    adminToken: token,
    oidc: options.oidc ?? null,
    perMinute: { mutations: 0, evaluations: 0, subscriptions: 0, ingests: 0, ...options.perMinute },
    deliveriesFlushedEveryMs: options.deliveriesFlushedEveryMs ?? 100,
    deliveriesKeptDays: 400,
    arePrivateAddressesAllowed: options.arePrivateAddressesAllowed ?? false,
    metricsToken: options.metricsToken ?? null,
    http: { host: "127.0.0.1", port: 0, hasIntrospection: true, hasIde: true },
    now: clock.now,
    logger: log.logger,
    httpLogger: log.logger,
    logCommand: (line) => {
      commands.push(line);
      log.logCommand(line);
    },
  });
  const { address } = running;
  const post = postTo(address, token);
  const send = async (query: string, variables: Record<string, unknown> = {}) => {
    const { body } = await post({ query, variables });
    if (body.errors) throw new Error(JSON.stringify(body.errors));
    return body.data;
  };
  return {
    address,
    token,
    databaseUrl: database.url,
    eventLog: eventLog.choice,
    running,
    clock,
    commands,
    log: log.text,
    send,
    post,
    read: readPath,
    subscribe: (document, variables, isEnough) => subscribe(address, token, document, variables, isEnough),
    async timeOfLastChange(app) {
      const data = await send(
        `query($app: String!) { changes(app: $app, startAt: BEGINNING, first: 1000) { items { event { time } } } }`,
        { app },
      );
      const items = readPath<{ event: { time: string } }[]>(data, "changes.items");
      return items.at(-1)?.event.time ?? "";
    },
    async stop() {
      await running.close();
      await database.drop();
      await eventLog.stop();
    },
  };
}

export function testClock(): TestClock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    set: (instant) => void (offsetMs = Date.parse(instant) - Date.now()),
  };
}

function postTo(address: string, token: string): TestServer["post"] {
  return async (body, headers = {}) => {
    const response = await fetch(`${address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as GraphqlBody };
  };
}

function readPath<Value>(data: unknown, path: string): Value {
  const value = path
    .split(".")
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | null | undefined)?.[name], data);
  return value as Value;
}

async function subscribe(
  address: string,
  token: string,
  query: string,
  variables: Record<string, unknown>,
  isEnough: (items: readonly unknown[]) => boolean | Promise<boolean>,
): Promise<unknown[]> {
  const client = createClient({
    url: `${address.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  const items: unknown[] = [];
  try {
    for await (const { data, errors } of client.iterate({ query, variables })) {
      if (errors) throw new Error(JSON.stringify(errors));
      items.push(data);
      if (await isEnough(items)) break;
    }
    return items;
  } finally {
    await client.dispose();
  }
}
