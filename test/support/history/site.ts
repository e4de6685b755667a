import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBuiltServer, type BuiltServer } from "../builtServer";
import { startTcpProxy, type TcpProxy } from "../tcpProxy";
import { until } from "../until";
import type { LogChoice } from "../../../src/eventstore/openEventStore";
import { silent } from "../../../src/lib/logger";
import { startEmbedded } from "../../../src/postgres/embedded/startEmbedded";

/** Servers, their database and their log, with a network between all of them that can be made to fail. */
export type Site = Readonly<{
  servers: readonly [SiteServer, ...SiteServer[]];
  /** Between servers and database, servers and log, and servers and those who call them. */
  networks: readonly [Network, ...Network[]];
  database: SiteDatabase;
  log: SiteLog;
  close: () => Promise<void>;
}>;

export type Network = Readonly<{ name: string; proxy: TcpProxy }>;

export type SiteServer = Readonly<{
  name: string;
  /** For callers, through the network. */
  address: string;
  /** Ends it at once, and starts it again. */
  killAndStart: (downMs: number) => Promise<void>;
}>;

export type SiteDatabase = Readonly<{
  /** Through no network that fails. */
  url: string;
  /** As `pg_ctl stop -m immediate`: nothing is finished, and it recovers from its log when it starts again, which it does at once. */
  stopImmediately: () => Promise<void>;
}>;

export type SiteLog = Readonly<{
  kind: LogChoice["kind"];
  /** Of a server that keeps its log there. */
  environment: Readonly<Record<string, string>>;
  /** Through the network, as servers reach it. */
  throughNetwork: LogChoice;
  /** Past the network. */
  direct: () => LogChoice;
  networks: readonly Network[];
  /** Makes another node the leader; null where there is none. */
  changeLeader: (() => void) | null;
  close: () => Promise<void>;
}>;

export const POSTGRES_LOG: SiteLog = {
  kind: "postgres",
  environment: {},
  throughNetwork: { kind: "postgres" },
  direct: () => ({ kind: "postgres" }),
  networks: [],
  changeLeader: null,
  close: () => Promise.resolve(),
};

const SERVERS = 2;

export async function openSite(log: SiteLog): Promise<Site & Readonly<{ portUrl: string }>> {
  const database = await startDatabase();
  const networks: Network[] = [...log.networks];
  const between = async (name: string, url: string): Promise<string> => {
    const proxy = await startTcpProxy(url);
    networks.push({ name, proxy });
    return proxy.url;
  };
  const servers: StartedServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    await log.close();
    await Promise.all(networks.map(({ proxy }) => proxy.close()));
    await database.stop();
  };
  try {
    // Those who append at the port are a program of their own.
    const portUrl = await between("port - database", database.url);
    // One after the other: the first migrates the database.
    for (let number = 1; number <= SERVERS; number++) {
      const name = `server ${number}`;
      const environment = {
        ...log.environment,
        DATABASE_URL: await between(`${name} - database`, database.url),
        PORT: String(await freePort()),
      };
      const address = await between(`callers - ${name}`, `http://127.0.0.1:${environment.PORT}`);
      servers.push(await startServer(name, address.replace(/\/$/, ""), environment));
    }
    const [first, ...others] = servers;
    const [network, ...rest] = networks;
    if (!first || !network) throw new Error("A site has servers.");
    return { servers: [first, ...others], networks: [network, ...rest], database, log, portUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startDatabase(): Promise<SiteDatabase & Readonly<{ stop: () => Promise<void> }>> {
  const dataDir = await mkdtemp(join(tmpdir(), "pe-history-"));
  await chmod(dataDir, 0o755);
  // What a process has written outlives it, synced or not; what it has committed must have been written.
  const settings = { fsync: "off", max_connections: "200" };
  const { url, stop } = await startEmbedded({ dataDir, logger: silent, settings, transport: "tcp" });
  return {
    url,
    async stopImmediately() {
      const [pid] = (await readFile(join(dataDir, "postgres/postmaster.pid"), "utf8")).split("\n");
      process.kill(Number(pid), "SIGQUIT");
    },
    async stop() {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type StartedServer = SiteServer & Readonly<{ stop: () => Promise<void> }>;

const START_MS_MAX = 60_000;

async function startServer(
  name: string,
  address: string,
  environment: Record<string, string>,
): Promise<StartedServer> {
  let server: BuiltServer | null = null;
  const start = async (): Promise<void> => {
    let said = "";
    // While its database is away it may give up, and is started again as by a service manager.
    await until(
      `${name} runs`,
      async () => {
        const started = await startBuiltServer(environment);
        if ("address" in started) server = started;
        else said = started.printed;
        return server !== null;
      },
      START_MS_MAX,
    ).catch((error: unknown) => {
      throw new Error(`${name} does not start: ${said}`, { cause: error });
    });
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = server;
    server = null;
    await ended?.kill(signal);
  };
  await start();
  return {
    name,
    address,
    async killAndStart(downMs) {
      await end("SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, downMs));
      await start();
    },
    stop: () => end("SIGTERM"),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
