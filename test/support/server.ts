import { ensureAdminToken } from "../../src/access/adminToken";
import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import { slugOfStream } from "../../src/apps/app.events";
import { appProjection } from "../../src/apps/app.projection";
import { APP_STATE_VERSION, type AnyAppEvent, type AppState } from "../../src/apps/app.state";
import { controlProjection } from "../../src/apps/control.projection";
import { INSTANCE_STATE_VERSION, instanceDecider } from "../../src/apps/instance.decider";
import type { InstanceCommand, InstanceState } from "../../src/apps/instance.decider";
import type { InstanceEvent } from "../../src/apps/instance.events";
import { createCommandHandler } from "../../src/eventstore/commandHandler";
import { createPostgresEventStore } from "../../src/eventstore/postgres";
import { postgresSnapshots } from "../../src/eventstore/postgresSnapshots";
import type { Server } from "../../src/graphql/context";
import { nodeTypes } from "../../src/graphql/nodes";
import { createHttpServer, type HttpSettings } from "../../src/http/server";
import { makeId } from "../../src/lib/ids";
import { createDatabase } from "../../src/postgres/pool";
import { createProjectionRunner } from "../../src/projections/runner";
import { freshDatabase } from "./postgres";

export async function startServer(settings: Partial<HttpSettings> = {}) {
  const { url, drop } = await freshDatabase({ migrated: true });
  const database = createDatabase(url);
  const store = createPostgresEventStore({ database, url });
  const shared = {
    store,
    snapshots: postgresSnapshots(database),
    now: () => new Date(),
    upcast: <E>(event: E) => event,
    schemaVersionOf: () => 1,
    newIdOf: (stream: string, prefix: string, rest: string) => makeId(prefix, slugOfStream(stream), rest),
  };
  const apps = createCommandHandler<AppState, AppCommand, AnyAppEvent>({
    ...shared,
    decider: appDecider,
    stateVersion: APP_STATE_VERSION,
  });
  const instance = createCommandHandler<InstanceState, InstanceCommand, InstanceEvent>({
    ...shared,
    decider: instanceDecider,
    stateVersion: INSTANCE_STATE_VERSION,
  });
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: (m: string) => console.error(m) };
  const runner = createProjectionRunner({
    store,
    database,
    projections: [controlProjection([appProjection])],
    logger: quiet,
  });
  await runner.start();
  const token = (await ensureAdminToken(instance, null)) ?? "";
  const server: Server = {
    now: shared.now,
    database,
    apps,
    instance,
    projected: (position) => runner.projected(position),
    rulesets: { refreshed: async () => {} } as unknown as Server["rulesets"],
    changes: {} as Server["changes"],
    nodes: nodeTypes(),
  };
  const faults = new Map<string, unknown>();
  const http = await createHttpServer({
    server,
    logger: { error: ({ id, err }) => void faults.set(id, err) },
    ready: () => ({ isReady: true, reasons: [] }),
    settings: { host: "127.0.0.1", port: 0, hasIntrospection: true, hasIde: true, ...settings },
  });
  const address = await http.listen();
  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return {
    address,
    token,
    server,
    post,
    /** What stands in the log, by id. */
    faults,
    async send(query: string, variables: object = {}) {
      return (await (await post({ query, variables })).json()) as { data?: any; errors?: any[] };
    },
    async stop() {
      await http.close();
      await runner.stop();
      await Promise.all([apps.close(), instance.close()]);
      await store.close();
      await database.close();
      await drop();
    },
  };
}
