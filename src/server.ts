import { randomUUID } from "node:crypto";
import { ensureAdminToken } from "./access/adminToken";
import type { Oidc } from "./access/jwt";
import { openAccess } from "./access/openAccess";
import { createRateLimits, type PerMinute } from "./access/rateLimits";
import { appStream } from "./apps/app.events";
import { upcast } from "./apps/upcasters";
import { finishRegisteredApps } from "./apps/createApp";
import { loggedCommands } from "./apps/loggedCommands";
import { createLoadedLists } from "./audience/loadedLists";
import { openRetention } from "./audience/retention";
import { createCursors } from "./changes/cursor";
import { createChangeFeed } from "./changes/postgresChangeFeed";
import { watchedFeed } from "./changes/watchedFeed";
import { openDeliveries } from "./delivery/openDeliveries";
import { createRulesets } from "./delivery/liveRulesets";
import { openSummaries } from "./delivery/summaries";
import type { Server } from "./graphql/context";
import { nodeTypes } from "./graphql/nodes";
import { createHttpServer, type HttpOptions, type HttpSettings } from "./http/server";
import { readinessOf } from "./http/readiness";
import type { Position } from "./eventstore/eventStore";
import type { LogChoice } from "./eventstore/openEventStore";
import { createJobRunner } from "./jobs/jobRunner";
import type { LogCommand } from "./lib/commandLog";
import type { Logger } from "./lib/logger";
import { createMetrics, metricsPage, type Watchers } from "./metrics/metrics";
import { observe } from "./metrics/observe";
import { openParts, PROJECTIONS, type Parts } from "./parts";
import { createLease } from "./postgres/lease";
import { createDatabase } from "./postgres/pool";
import { serverSecret } from "./postgres/serverSecret";
import { createProjectionRunner, PROJECTION_DATABASE, type ProjectionRunner } from "./projections/runner";
import { createScheduler } from "./releases/scheduler";
import { createScanner, type Scanner } from "./scanning/scanner";
import { measuring } from "./sizes/measureSegment";
import { repeatEvery } from "./lib/repeatEvery";
import { openWebhooks } from "./webhooks/openWebhooks";

const FINISH_APPS_EVERY_MS = 30_000;
/** How long a start waits for the read models to have all that is in the log. A server that was killed holds its lease for a while. */
const PROJECTED_AT_START_MS = 5_000;

export type ServerOptions = Readonly<{
  /** Of a migrated database. */
  databaseUrl: string;
  connectionsMax: number;
  log: LogChoice;
  adminToken: string | null;
  oidc: Oidc | null;
  /** How much each token may ask for; 0: as much as it likes. */
  perMinute: PerMinute;
  /** How often what users were given is written down. */
  deliveriesFlushedEveryMs: number;
  /** How long it is known what users were given. */
  deliveriesKeptDays: number;
  /** Whether webhooks may reach addresses that are not of the public internet. */
  arePrivateAddressesAllowed: boolean;
  /** Of whoever collects metrics; null: administrators do. */
  metricsToken: string | null;
  http: HttpSettings;
  /** Who looks at many users, by the URL of the database; absent: this thread. */
  openScanner?: (databaseUrl: string) => Scanner;
  now: () => Date;
  logger: Logger & Readonly<{ error(message: string): void }>;
  /** What requests are logged to; null: nothing is. */
  httpLogger: HttpOptions["logger"];
  /** Told of every command that came to its end. */
  logCommand: LogCommand;
}>;

export type RunningServer = Readonly<{
  address: string;
  /** An admin token that was made just now, to be shown this once; null if there was one. */
  newAdminToken: string | null;
  parts: Parts;
  runner: ProjectionRunner;
  close: () => Promise<void>;
}>;

/** Wires all parts of a server and starts it. Several may run on one database. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { logger, now, logCommand } = options;
  const report = (error: unknown) => logger.error(`Off the path of any request: ${String(error)}`);
  const { registry, watch } = createMetrics();
  const behind = await openBehind(options, report, watch);
  const { parts, runner, changes, rulesets } = behind;
  const { database, store, apps, instance } = parts;

  const projected: Server["projected"] = (position) => runner.projected(position);
  const { own, webhooks, scanner, jobs, ...workers } = await openWorkers(options, behind, projected, watch);
  const server: Server = {
    ...{ now, database, apps, instance, projected, rulesets, changes, webhooks, scanner, jobs },
    storedUsers: behind.storedUsers,
    ...{ deliveries: behind.counting.deliveries, loadedLists: behind.loadedLists },
    nodes: nodeTypes(),
    logCommand,
    takeOne: createRateLimits(options.perMinute, () => performance.now()),
  };
  const newAdminToken = await ensureAdminToken(own.instance, options.adminToken, logger);
  await untilProjected(runner, await store.head(), logger);
  const finish = () => finishRegisteredApps({ apps: own.apps, database });
  const finishing = repeatEvery(FINISH_APPS_EVERY_MS, finish, report);
  const retention = openRetention({ database, now, report, lease: workers.leaseOf("retention") });
  const access = openAccess({ database, now, oidc: options.oidc, report });
  const http = await createHttpServer({
    server,
    streamSecret: await serverSecret(database, "ofrep"),
    authenticate: access.authenticate,
    visits: access.visits,
    logger: options.httpLogger,
    ready: () => readinessOf(database, runner),
    settings: options.http,
    watch,
    metrics: metricsPage(registry, options.metricsToken),
  });
  observe(registry, { database, runner, rulesets, streams: http.streams });
  await workers.start();
  const address = await http.listen();
  return {
    address,
    newAdminToken,
    parts,
    runner,
    async close() {
      await http.close();
      await Promise.all([workers.stop(), finishing.stop(), retention.stop(), access.close()]);
      await behind.close();
    },
  };
}

/** Those who act without a request: who does what is due by a schedule, and who sends to webhooks. */
async function openWorkers(
  options: ServerOptions,
  { parts, runner, runnerDatabase, cursors, rulesets }: Awaited<ReturnType<typeof openBehind>>,
  projected: Server["projected"],
  watch: Pick<Watchers, "send">,
) {
  const { logger, now, logCommand, arePrivateAddressesAllowed: arePrivateAllowed } = options;
  const { databaseUrl, openScanner = scannerHere } = options;
  const { database } = parts;
  // What requests ask for is logged where they are answered.
  const apps = loggedCommands(parts.apps, logCommand);
  const instance = loggedCommands(parts.instance, logCommand);
  const leaseOf = (name: string) =>
    createLease({ database: runnerDatabase, logger, name, owner: randomUUID() });
  const common = { database, apps, projected, logger, now };
  const sending = openWebhooks({
    ...common,
    cursors,
    secret: await serverSecret(database, "webhooks"),
    onProjected: runner.onProjected,
    lease: leaseOf("webhooks"),
    random: Math.random,
    target: { arePrivateAllowed },
    watch: watch.send,
  });
  const scheduler = createScheduler({ ...common, lease: leaseOf("scheduler") });
  const scanner = openScanner(databaseUrl);
  const jobs = createJobRunner({
    ...{ database: runnerDatabase, logger, lease: leaseOf("jobs") },
    work: { MEASURE_SEGMENT: measuring({ rulesets, scanner, now }) },
  });
  const { webhooks, deliverer } = sending;
  const all = [scheduler, deliverer, jobs];
  return {
    ...{ webhooks, scanner, jobs, leaseOf, own: { apps, instance } },
    start: () => Promise.all(all.map((worker) => worker.start())),
    async stop() {
      await Promise.all(all.map((worker) => worker.stop()));
      await scanner.close();
    },
  };
}

const scannerHere = (url: string): Scanner => createScanner(createDatabase(url, { connectionsMax: 2 }));

/** What stands behind the edges: the log, the read models, the feed and the rulesets. */
async function openBehind(
  { databaseUrl: url, connectionsMax, log, logger, now, ...options }: ServerOptions,
  report: (error: unknown) => void,
  watch: Pick<Watchers, "log" | "feed">,
) {
  const parts = await openParts({ url, connectionsMax, log, now, report, watchLog: watch.log });
  const { database, store, apps } = parts;
  const runnerDatabase = createDatabase(url, PROJECTION_DATABASE);
  const runner = createProjectionRunner({
    store,
    database: runnerDatabase,
    projections: PROJECTIONS,
    logger,
    upcast,
  });
  await runner.start();
  const [logId, secret] = await Promise.all([store.logId(), serverSecret(database, "cursors")]);
  const feed = createChangeFeed({ database, logId, secret, onProjected: runner.onProjected });
  const changes = watchedFeed(feed, watch.feed, now);
  const loadedLists = createLoadedLists(database, report);
  const rulesets = createRulesets({
    apps,
    store,
    loadUserLists: loadedLists.load,
    report,
  });
  const storedUsers = openSummaries(database, report);
  const counting = openDeliveries({
    ...{ database, report, now, keptDays: options.deliveriesKeptDays },
    everyMs: options.deliveriesFlushedEveryMs,
    timeZoneOf: async (app) => (await apps.state(appStream(app))).state.settings.timeZone,
    lease: createLease({ database: runnerDatabase, logger, name: "deliveries", owner: randomUUID() }),
  });
  return {
    ...{ parts, runner, runnerDatabase, changes, rulesets, loadedLists, counting, storedUsers },
    cursors: createCursors(logId, secret),
    async close() {
      await counting.close();
      await storedUsers.stop();
      changes.close();
      await rulesets.close();
      await loadedLists.close();
      await runner.stop();
      await parts.close();
      await runnerDatabase.close();
    },
  };
}

/** So that a restart never shows less than was there before it. If that takes long, `/health/ready` says so meanwhile. */
async function untilProjected(
  runner: ProjectionRunner,
  head: Position,
  logger: ServerOptions["logger"],
): Promise<void> {
  try {
    await runner.projected(head, PROJECTED_AT_START_MS);
  } catch (error) {
    logger.warn(`Starting before the read models are up to date: ${String(error)}`);
  }
}
