import { randomBytes } from "node:crypto";
import { chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { clusterOf } from "./dataDir";
import { fileOwner, type Identity } from "./identity";

export type TransportKind = "socket" | "tcp";

/** How we reach PostgreSQL, and nobody else does. */
export type Transport = Readonly<{
  url: string;
  /** For postgres: where to listen. */
  settings: Readonly<Record<string, string>>;
  /** For initdb: whom to believe. */
  initdbArguments: readonly string[];
  /** To be called once PostgreSQL listens, when nobody else can be using what we remove. */
  opened: () => Promise<void>;
  close: () => Promise<void>;
}>;

export function openTransport(
  kind: TransportKind = process.platform === "win32" ? "tcp" : "socket",
  dataDir: string,
  identity: Identity,
): Promise<Transport> {
  return kind === "tcp" ? openTcp(dataDir, identity) : openSocket(dataDir, identity);
}

/**
 * The longest path that a socket can have everywhere: 104 bytes with the final zero on macOS, 108 on Linux. Where the
 * cluster's own folder is too deep, the socket stands in a short one.
 */
export const SOCKET_PATH_BYTES_MAX = 103;
const SOCKET_FOLDER_PREFIX = "px-postgres-";
const SOCKET_NAME = ".s.PGSQL.5432";

/** Who may connect is who may enter the folder: both kinds of folder can be entered by their owner only (and root). */
async function openSocket(dataDir: string, identity: Identity): Promise<Transport> {
  const cluster = clusterOf(dataDir);
  const isShort = Buffer.byteLength(join(cluster, SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX;
  const folder = isShort ? cluster : await makeShortFolder(identity);
  return {
    url: socketUrl(folder),
    settings: { listen_addresses: "", unix_socket_directories: quoteListItem(folder) },
    initdbArguments: ["-A", "trust"],
    opened: () => (isShort ? Promise.resolve() : recordShortFolder(dataDir, folder)),
    async close() {
      if (!isShort) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Writes down where the socket is, so that the next start can remove the folder if we are killed. */
async function recordShortFolder(dataDir: string, folder: string): Promise<void> {
  const record = join(dataDir, "postgres-socket-folder");
  const last = await readFile(record, "utf8").catch(() => "");
  if (basename(last).startsWith(SOCKET_FOLDER_PREFIX)) await rm(last, { recursive: true, force: true });
  await writeFile(record, folder);
}

/** Port and sslmode are there because node-postgres would take them from PGPORT and PGSSLMODE otherwise. */
export function socketUrl(folder: string): string {
  return `postgres://postgres@localhost:5432/postgres?host=${encodeURIComponent(folder)}&sslmode=disable`;
}

async function makeShortFolder(identity: Identity): Promise<string> {
  const candidate = join(tmpdir(), `${SOCKET_FOLDER_PREFIX}XXXXXX`, SOCKET_NAME);
  const parent = Buffer.byteLength(candidate) <= SOCKET_PATH_BYTES_MAX ? tmpdir() : "/tmp";
  // mkdtemp makes it with mode 0700 and a name that nobody can have taken before.
  const folder = await mkdtemp(join(parent, SOCKET_FOLDER_PREFIX));
  const owner = fileOwner(identity);
  if (owner) await chown(folder, owner.uid, owner.gid);
  return folder;
}

/** unix_socket_directories is a list: a comma or space in a path must not part it. */
function quoteListItem(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}

/** Without sockets in the file system everybody on the machine can knock, so there is a password. */
async function openTcp(dataDir: string, identity: Identity): Promise<Transport> {
  const passwordFile = join(dataDir, "postgres-password");
  const password = await readOrMakePassword(passwordFile, identity);
  const port = await freePort();
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres?sslmode=disable`,
    settings: { listen_addresses: "127.0.0.1", port: String(port), unix_socket_directories: "" },
    initdbArguments: ["-A", "scram-sha-256", `--pwfile=${passwordFile}`],
    opened: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

async function readOrMakePassword(file: string, identity: Identity): Promise<string> {
  try {
    await writeFile(file, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
    const owner = fileOwner(identity);
    if (owner) await chown(file, owner.uid, owner.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFile(file, "utf8");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
