/** Where a KurrentDB is and how to connect to it, as a `kurrentdb://` URL says. */
export type KurrentdbAddress = Readonly<{
  hosts: readonly Readonly<{ address: string; port: number }>[];
  /** Whether the first host names a cluster, whose members are asked for by gossip. */
  isDiscovered: boolean;
  credentials: Credentials | null;
  hasTls: boolean;
  tlsCaFile: string | null;
  userCertFile: string | null;
  userKeyFile: string | null;
  /** What the client is given as it is. */
  client: Readonly<Record<ClientNumber, number>> & Readonly<{ connectionName: string }>;
}>;

export type Credentials = Readonly<{ username: string; password: string }>;

export const KURRENTDB_URL_EXAMPLE = "kurrentdb://user:password@host:2113?tlsCAFile=/path/ca.pem";

const SCHEMES: Readonly<Record<string, "one" | "discovered">> = {
  "kurrentdb:": "one",
  "kdb:": "one",
  "esdb:": "one",
  "kurrentdb+discover:": "discovered",
  "kdb+discover:": "discovered",
  "esdb+discover:": "discovered",
};
const PORT = 2113;
const HOSTS_MAX = 20;

/**
 * The client warns of intervals below ten seconds. It looks for a leader a few times only: whoever calls it has a
 * deadline of its own, and tries again. Its gossip timeout is in seconds.
 */
const CLIENT_NUMBERS = {
  keepAliveInterval: { initial: 10_000, min: 10_000, max: 300_000 },
  keepAliveTimeout: { initial: 5_000, min: 100, max: 60_000 },
  maxDiscoverAttempts: { initial: 3, min: 1, max: 100 },
  discoveryInterval: { initial: 100, min: 1, max: 10_000 },
  gossipTimeout: { initial: 2, min: 1, max: 30 },
} as const;
type ClientNumber = keyof typeof CLIENT_NUMBERS;

const TEXTS = [
  "tlsCAFile",
  "userCertFile",
  "userKeyFile",
  "connectionName",
  "tls",
  "nodePreference",
] as const;
const OPTIONS: readonly string[] = [...TEXTS, ...Object.keys(CLIENT_NUMBERS)];

class Fault extends Error {}

/** The client's own parser would print the whole URL, with its password, for an option that it does not know. */
export function parseKurrentdbUrl(text: string): { value: KurrentdbAddress } | { fault: string } {
  try {
    return { value: parse(text.trim()) };
  } catch (error) {
    // decodeURIComponent's, which is of no more help to anybody than this.
    if (error instanceof URIError) return { fault: "has a % that is followed by no code; write a % as %25" };
    if (error instanceof Fault) return { fault: error.message };
    throw error;
  }
}

function parse(text: string): KurrentdbAddress {
  const match = /^([a-z+]+:)\/\/(?:([^@/?]*)@)?([^@/?]+)\/?(?:\?(.*))?$/i.exec(text);
  const [, scheme = "", user, hosts = "", query = ""] = match ?? [];
  const kind = SCHEMES[scheme.toLowerCase()];
  if (!match || kind === undefined) throw new Fault(`must be a URL like ${KURRENTDB_URL_EXAMPLE}`);
  const options = readOptions(query);
  const option = (name: (typeof TEXTS)[number]): string | null => options.get(name) ?? null;
  return {
    hosts: readHosts(hosts),
    isDiscovered: kind === "discovered",
    credentials: user === undefined ? null : readCredentials(user),
    hasTls: readTls(option("tls")),
    tlsCaFile: option("tlsCAFile"),
    ...readUserCertificate(option("userCertFile"), option("userKeyFile")),
    client: { ...readNumbers(options), connectionName: option("connectionName") ?? "product-experiences" },
  };
}

function readHosts(text: string): KurrentdbAddress["hosts"] {
  const hosts = text.split(",").map((host) => {
    const match = /^(\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(host.trim());
    const port = Number(match?.[2] ?? PORT);
    if (!match?.[1] || port < 1 || port > 65_535) throw new Fault(`must name hosts as host:${PORT}`);
    return { address: match[1], port };
  });
  if (hosts.length > HOSTS_MAX) throw new Fault(`can name ${HOSTS_MAX} hosts at most`);
  return hosts;
}

function readCredentials(text: string): Credentials {
  const colon = text.indexOf(":");
  if (colon < 1) throw new Fault("must have a user and a password as user:password@, or neither");
  return {
    username: decodeURIComponent(text.slice(0, colon)),
    password: decodeURIComponent(text.slice(colon + 1)),
  };
}

/** Names in any case, as the server's own documentation writes them in several. */
function readOptions(query: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const part of query.split("&").filter((one) => one !== "")) {
    const [name = "", value = ""] = part.split("=", 2).map(decodeURIComponent);
    const known = OPTIONS.find((option) => option.toLowerCase() === name.toLowerCase());
    if (known === undefined) throw new Fault(`has an option that is not one of ${OPTIONS.join(", ")}`);
    options.set(known, value);
  }
  const preference = options.get("nodePreference")?.toLowerCase();
  // A follower may not have yet what was appended just now.
  if (preference !== undefined && preference !== "leader") throw new Fault("can prefer the leader only");
  return options;
}

function readTls(value: string | null): boolean {
  if (value !== null && value !== "true" && value !== "false")
    throw new Fault("must say tls=true or tls=false");
  return value !== "false";
}

function readUserCertificate(
  userCertFile: string | null,
  userKeyFile: string | null,
): Pick<KurrentdbAddress, "userCertFile" | "userKeyFile"> {
  if ((userCertFile === null) !== (userKeyFile === null)) {
    throw new Fault("must name userCertFile and userKeyFile, or neither");
  }
  return { userCertFile, userKeyFile };
}

function readNumbers(options: ReadonlyMap<string, string>): Record<ClientNumber, number> {
  const read = (name: ClientNumber): number => {
    const { initial, min, max } = CLIENT_NUMBERS[name];
    const text = options.get(name);
    const value = text === undefined ? initial : /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) throw new Fault(`must have a ${name} from ${min} to ${max}`);
    return value;
  };
  return {
    keepAliveInterval: read("keepAliveInterval"),
    keepAliveTimeout: read("keepAliveTimeout"),
    maxDiscoverAttempts: read("maxDiscoverAttempts"),
    discoveryInterval: read("discoveryInterval"),
    gossipTimeout: read("gossipTimeout"),
  };
}

/** The hosts, as they may stand in a message: without user and password. */
export function hostsOf({ hosts }: KurrentdbAddress): string {
  return hosts.map(({ address, port }) => `${address}:${port}`).join(", ");
}
