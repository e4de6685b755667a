import { randomUUID } from "node:crypto";
import type { HttpSettings } from "../../src/http/server";
import { startServer as startParts, type RunningServer } from "../../src/server";
import { freshDatabase } from "./postgres";
import { testLog } from "./testLog";

/** A whole server on a database of its own, seen from outside. */
export type HttpTestServer = Readonly<{
  address: string;
  token: string;
  running: RunningServer;
  /** What stands in the log, by the id that the caller got instead. */
  faults: ReadonlyMap<string, unknown>;
  post: (body: unknown, headers?: Record<string, string>) => Promise<Response>;
  send: (query: string, variables?: object) => Promise<GraphqlAnswer>;
  stop: () => Promise<void>;
}>;

export type GraphqlAnswer = {
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: string[]; extensions?: Record<string, unknown> }[];
};

/** `reach` may put something between the server and its database. */
export async function startServer(
  settings: Partial<HttpSettings> = {},
  reach: (databaseUrl: string) => Promise<string> = (url) => Promise.resolve(url),
): Promise<HttpTestServer> {
  const { url, drop } = await freshDatabase({ migrated: true });
  const token = `test-token-${randomUUID()}`;
  const faults = new Map<string, unknown>();
  const log = testLog();
  const running = await startParts({
    databaseUrl: await reach(url),
    connectionsMax: 4,
    log: { kind: "postgres" },
    adminToken: token,
    oidc: null,
    perMinute: { mutations: 0, evaluations: 0, subscriptions: 0, ingests: 0 },
    deliveriesFlushedEveryMs: 100,
    deliveriesKeptDays: 400,
    arePrivateAddressesAllowed: false,
    metricsToken: null,
    http: { host: "127.0.0.1", port: 0, hasIntrospection: true, hasIde: true, ...settings },
    now: () => new Date(),
    logger: log.logger,
    httpLogger: {
      error(facts, message) {
        faults.set(facts.id, facts.err);
        log.logger.error(facts, message);
      },
    },
    logCommand: log.logCommand,
  });
  const { address } = running;
  const post: HttpTestServer["post"] = (body, headers = {}) =>
    fetch(`${address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return {
    address,
    token,
    running,
    faults,
    post,
    send: async (query, variables = {}) => (await (await post({ query, variables })).json()) as GraphqlAnswer,
    async stop() {
      await running.close();
      await drop();
    },
  };
}
