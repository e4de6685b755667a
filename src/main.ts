import { pino } from "pino";
import { resolve } from "node:path";
import { StartupRefused } from "./lib/startupRefused";
import type { RunningServer, startServer as StartServer } from "./server";
import { logIn, oidcIn, perMinuteIn, readSettings, type Settings } from "./settings";
import { hostsOf } from "./eventstore/kurrentdb/url";
import { createWorkerScanner } from "./scanning/workerScanner";
import { startDatabase, type StartedDatabase } from "./startDatabase";

/** How long stopping may take before the process ends anyway. */
const STOP_MS_MAX = 15_000;

void main();

async function main(): Promise<void> {
  const read = readSettings();
  if (read.outcome === "refused") return refuseToStart(read.faults);
  try {
    await run(read.settings);
  } catch (error) {
    refuseToStart([startupMessage(error, read.settings)]);
  }
}

async function run(settings: Settings): Promise<void> {
  const logger = pino({ level: settings.logLevel }, pino.destination({ dest: 2, sync: false }));
  let loading: ReturnType<typeof loadServer> | null = null;
  const load = () => (loading ??= loadServer());
  const database = await startDatabase(settings, logger, () => {
    // Whether it can be loaded is asked below, once the database is there.
    load().catch(() => undefined);
  });
  const isProduction = settings.nodeEnv === "production";
  try {
    const startServer = await load();
    const running = await startServer({
      databaseUrl: database.url,
      connectionsMax: settings.databaseConnectionsMax,
      log: logIn(settings),
      adminToken: settings.adminToken,
      oidc: oidcIn(settings),
      perMinute: perMinuteIn(settings),
      metricsToken: settings.metricsToken,
      deliveriesFlushedEveryMs: settings.deliveriesFlushedEverySeconds * 1_000,
      deliveriesKeptDays: settings.deliveriesKeptDays,
      arePrivateAddressesAllowed: settings.webhookPrivateAddresses === "allow",
      http: {
        host: settings.host,
        port: settings.port,
        hasIntrospection: !isProduction,
        hasIde: !isProduction,
      },
      now: () => new Date(),
      logger,
      httpLogger: logger,
      openScanner: createWorkerScanner,
      logCommand: (line) => logger.info(line, "command"),
    });
    stopOnSignals(running, database);
    greet(running, database, settings);
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Most of the code, and the schema made of it: loaded while the database starts, whose programs need no help from us. */
async function loadServer(): Promise<typeof StartServer> {
  const [{ startServer }, { createSchema }] = await Promise.all([
    import("./server.js"),
    import("./graphql/schema.js"),
  ]);
  createSchema();
  return startServer;
}

/** What a person needs to know next. */
function greet(
  { address, newAdminToken }: RunningServer,
  { isEmbedded }: StartedDatabase,
  settings: Settings,
): void {
  const { dataDir, adminToken } = settings;
  const log = logIn(settings);
  const token =
    newAdminToken ??
    (adminToken === null
      ? "as printed at the first start; `npm run admin-token` makes a new one"
      : "as ADMIN_TOKEN says");
  say(`Product Experiences is ready at ${address}`);
  say(`  GraphQL      ${address}/graphql`);
  say(
    `  Data         ${isEmbedded ? `${resolve(dataDir)} (embedded PostgreSQL)` : "the database of DATABASE_URL"}`,
  );
  if (log.kind === "kurrentdb") say(`  Log          KurrentDB at ${hostsOf(log.address)}`);
  say(`  Admin token  ${token}`);
  if (newAdminToken !== null)
    say("               Keep it: it is shown this once. Send it as `Authorization: Bearer <token>`.");
}

/** Stops once, in order; a second signal, or a stop that hangs, ends the process at once. */
function stopOnSignals(server: RunningServer, database: StartedDatabase): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) process.exit(1);
    isStopping = true;
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
    await server.close();
    await database.stop();
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());
}

function startupMessage(error: unknown, { port, host }: Settings): string {
  if (error instanceof StartupRefused) return error.message;
  const { code } = error as { code?: unknown };
  if (code === "EADDRINUSE")
    return `Port ${port} is taken; stop what listens there, or set PORT to another one.`;
  if (code === "EACCES")
    return `Port ${port} needs rights that this user does not have; set PORT to one above 1023.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `HOST ${host} is no address of this machine.`;
  return `The server could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

function refuseToStart(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
  // A start that failed half-way may have left a timer behind; nothing that it holds matters any more.
  setTimeout(() => process.exit(1), 1_000).unref();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
