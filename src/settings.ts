import type { Oidc } from "./access/jwt";
import type { LogChoice } from "./eventstore/openEventStore";
import { KURRENTDB_URL_EXAMPLE, parseKurrentdbUrl } from "./eventstore/kurrentdb/url";
import { PER_MINUTE_MAX, type PerMinute } from "./access/rateLimits";
import { readRoleMappings, type RoleMapping } from "./access/oidcRoles.policy";

/** Everything about a server that its environment decides. */
export type Settings = Readonly<{
  port: number;
  host: string;
  /** Where the embedded database and everything else that lasts stands. */
  dataDir: string;
  /** A PostgreSQL to use instead of the embedded one. */
  databaseUrl: string | null;
  databaseConnectionsMax: number;
  eventStore: (typeof EVENT_STORES)[number];
  kurrentdbUrl: string | null;
  /** Of the user and password of KurrentDB, instead of those in its URL. */
  kurrentdbCredentialsFile: string | null;
  adminToken: string | null;
  /** The identity provider whose JWTs are accepted; all of these are set, or none. */
  oidcIssuer: string | null;
  oidcAudience: string | null;
  oidcJwksUrl: string | null;
  oidcRoles: readonly RoleMapping[] | null;
  oidcRolesClaim: string;
  oidcClockSkewSeconds: number;
  /** A minute, for each token; 0: without a limit. */
  mutationsPerMinute: number;
  evaluationsPerMinute: number;
  subscriptionsPerMinute: number;
  ingestsPerMinute: number;
  /** How often what users were given is written down. */
  deliveriesFlushedEverySeconds: number;
  /** How long it is known what users were given. */
  deliveriesKeptDays: number;
  /** Whether webhooks may reach addresses that are not of the public internet. */
  webhookPrivateAddresses: (typeof PRIVATE_ADDRESSES)[number];
  /** Of whoever collects `/metrics`. */
  metricsToken: string | null;
  nodeEnv: NodeEnv;
  logLevel: LogLevel;
}>;

export const ADMIN_TOKEN_LENGTH_MIN = 24;
export const ADMIN_TOKEN_LENGTH_MAX = 256;
export const OIDC_TEXT_LENGTH_MAX = 1_000;
export const OIDC_CLOCK_SKEW_SECONDS_MAX = 300;
export const DELIVERIES_FLUSH_SECONDS_MAX = 60;
export const DELIVERIES_KEPT_DAYS_MAX = 3_650;
export const DATABASE_CONNECTIONS_MIN = 2;
export const DATABASE_CONNECTIONS_MAX = 100;

const EVENT_STORES = ["postgres", "kurrentdb"] as const;
const PRIVATE_ADDRESSES = ["refuse", "allow"] as const;
const NODE_ENVS = ["development", "production", "test"] as const;
type NodeEnv = (typeof NODE_ENVS)[number];
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

export type SettingsRead =
  | Readonly<{ outcome: "read"; settings: Settings }>
  /** Every fault, one line each, which says what to do. None shows a secret. */
  | Readonly<{ outcome: "refused"; faults: readonly string[] }>;

/** Reads all settings. A variable that is empty is not set. */
export function readSettings(environment: Environment = process.env): SettingsRead {
  const faults: string[] = [];
  const read = <Value>({ name, initial, parse }: Setting<Value>): Value => {
    const text = environment[name] ?? "";
    const parsed = text === "" ? { value: initial } : parse(text);
    if ("fault" in parsed) faults.push(`${name} ${parsed.fault}.`);
    return "fault" in parsed ? initial : parsed.value;
  };
  const settings: Settings = {
    port: read(SETTINGS.port),
    host: read(SETTINGS.host),
    dataDir: read(SETTINGS.dataDir),
    databaseUrl: read(SETTINGS.databaseUrl),
    databaseConnectionsMax: read(SETTINGS.databaseConnectionsMax),
    eventStore: read(SETTINGS.eventStore),
    kurrentdbUrl: read(SETTINGS.kurrentdbUrl),
    kurrentdbCredentialsFile: read(SETTINGS.kurrentdbCredentialsFile),
    adminToken: read(SETTINGS.adminToken),
    oidcIssuer: read(SETTINGS.oidcIssuer),
    oidcAudience: read(SETTINGS.oidcAudience),
    oidcJwksUrl: read(SETTINGS.oidcJwksUrl),
    oidcRoles: read(SETTINGS.oidcRoles),
    oidcRolesClaim: read(SETTINGS.oidcRolesClaim),
    oidcClockSkewSeconds: read(SETTINGS.oidcClockSkewSeconds),
    mutationsPerMinute: read(SETTINGS.mutationsPerMinute),
    evaluationsPerMinute: read(SETTINGS.evaluationsPerMinute),
    subscriptionsPerMinute: read(SETTINGS.subscriptionsPerMinute),
    ingestsPerMinute: read(SETTINGS.ingestsPerMinute),
    deliveriesFlushedEverySeconds: read(SETTINGS.deliveriesFlushedEverySeconds),
    deliveriesKeptDays: read(SETTINGS.deliveriesKeptDays),
    webhookPrivateAddresses: read(SETTINGS.webhookPrivateAddresses),
    metricsToken: read(SETTINGS.metricsToken),
    nodeEnv: read(SETTINGS.nodeEnv),
    logLevel: read(SETTINGS.logLevel),
  };
  if (faults.length === 0) faults.push(...oidcFaults(settings), ...logFaults(settings));
  return faults.length > 0 ? { outcome: "refused", faults } : { outcome: "read", settings };
}

const OIDC_NEEDED = ["oidcIssuer", "oidcAudience", "oidcJwksUrl", "oidcRoles"] as const;

/** Half a provider would let in nobody, or the wrong ones. */
function oidcFaults(settings: Settings): readonly string[] {
  const missing = OIDC_NEEDED.filter((name) => settings[name] === null).map((name) => SETTINGS[name].name);
  if (missing.length === 0 || missing.length === OIDC_NEEDED.length) return [];
  return [`${missing.join(" and ")} must be set too, for JWTs to be accepted.`];
}

function logFaults({ eventStore, kurrentdbUrl }: Settings): readonly string[] {
  if (eventStore !== "kurrentdb" || kurrentdbUrl !== null) return [];
  return [`KURRENTDB_URL must be set for EVENT_STORE=kurrentdb, as ${KURRENTDB_URL_EXAMPLE}.`];
}

/** Where the log is kept. */
export function logIn({ eventStore, kurrentdbUrl, kurrentdbCredentialsFile }: Settings): LogChoice {
  const parsed = eventStore === "kurrentdb" ? parseKurrentdbUrl(kurrentdbUrl ?? "") : null;
  if (parsed === null || "fault" in parsed) return { kind: "postgres" };
  return { kind: "kurrentdb", address: parsed.value, credentialsFile: kurrentdbCredentialsFile };
}

/** The identity provider, if the settings name one. */
export function oidcIn(settings: Settings): Oidc | null {
  const { oidcIssuer: issuer, oidcAudience: audience, oidcJwksUrl: jwksUrl, oidcRoles: roles } = settings;
  if (issuer === null || audience === null || jwksUrl === null || roles === null) return null;
  const { oidcRolesClaim: rolesClaim, oidcClockSkewSeconds: clockSkewSeconds } = settings;
  return { issuer, audience, jwksUrl, roles, rolesClaim, clockSkewSeconds };
}

export function perMinuteIn(settings: Settings): PerMinute {
  const { mutationsPerMinute, evaluationsPerMinute, subscriptionsPerMinute, ingestsPerMinute } = settings;
  return {
    mutations: mutationsPerMinute,
    evaluations: evaluationsPerMinute,
    subscriptions: subscriptionsPerMinute,
    ingests: ingestsPerMinute,
  };
}

type Setting<Value> = Readonly<{
  name: string;
  /** What holds if the variable is not set. */
  initial: Value;
  parse: (text: string) => { value: Value } | { fault: string };
}>;

/** docs/settings.md describes them in the same order; a test compares the two. */
export const SETTINGS: Readonly<{ [Name in keyof Settings]: Setting<Settings[Name]> }> = {
  port: { name: "PORT", initial: 4000, parse: wholeNumber(0, 65_535) },
  host: {
    name: "HOST",
    initial: "127.0.0.1",
    parse: matching(/^[A-Za-z0-9.:_-]+$/, "must be one address or host name, as 127.0.0.1 or 0.0.0.0"),
  },
  dataDir: {
    name: "DATA_DIR",
    initial: "./data",
    parse: matching(/^[^\0\r\n]+$/, "must be the path of a folder"),
  },
  databaseUrl: {
    name: "DATABASE_URL",
    initial: null,
    parse: url(["postgres:", "postgresql:"], "postgres://user:password@host:5432/database"),
  },
  databaseConnectionsMax: {
    name: "DATABASE_CONNECTIONS",
    initial: 5,
    parse: wholeNumber(DATABASE_CONNECTIONS_MIN, DATABASE_CONNECTIONS_MAX),
  },
  eventStore: { name: "EVENT_STORE", initial: "postgres", parse: oneOf(EVENT_STORES) },
  kurrentdbUrl: {
    name: "KURRENTDB_URL",
    initial: null,
    parse: parsedKurrentdbUrl,
  },
  kurrentdbCredentialsFile: {
    name: "KURRENTDB_CREDENTIALS_FILE",
    initial: null,
    parse: matching(/^[^\0\r\n]+$/, "must be the path of a file that holds user:password"),
  },
  adminToken: {
    name: "ADMIN_TOKEN",
    initial: null,
    parse: matching(
      // Another token's secret would be two tokens at once.
      new RegExp(
        `^(?!pe_(?:person|server|client)_|eyJ[\\w-]*\\.)[!-~]{${ADMIN_TOKEN_LENGTH_MIN},${ADMIN_TOKEN_LENGTH_MAX}}$`,
      ),
      `must have ${ADMIN_TOKEN_LENGTH_MIN} to ${ADMIN_TOKEN_LENGTH_MAX} characters of ASCII and no space, and be neither another token's secret nor a JWT; ` +
        "`openssl rand -base64 32` makes a good one",
    ),
  },
  oidcIssuer: { name: "OIDC_ISSUER", initial: null, parse: oidcText() },
  oidcAudience: { name: "OIDC_AUDIENCE", initial: null, parse: oidcText() },
  oidcJwksUrl: { name: "OIDC_JWKS_URL", initial: null, parse: parseJwksUrl },
  oidcRoles: { name: "OIDC_ROLES", initial: null, parse: readRoleMappings },
  oidcRolesClaim: { name: "OIDC_ROLES_CLAIM", initial: "roles", parse: oidcText() },
  oidcClockSkewSeconds: {
    name: "OIDC_CLOCK_SKEW",
    initial: 60,
    parse: wholeNumber(0, OIDC_CLOCK_SKEW_SECONDS_MAX),
  },
  mutationsPerMinute: perMinute("MUTATIONS_PER_MINUTE"),
  evaluationsPerMinute: perMinute("EVALUATIONS_PER_MINUTE"),
  subscriptionsPerMinute: perMinute("SUBSCRIPTIONS_PER_MINUTE"),
  ingestsPerMinute: perMinute("INGESTS_PER_MINUTE"),
  deliveriesFlushedEverySeconds: {
    name: "DELIVERIES_FLUSH",
    initial: 5,
    parse: wholeNumber(1, DELIVERIES_FLUSH_SECONDS_MAX),
  },
  deliveriesKeptDays: {
    name: "DELIVERIES_KEPT_DAYS",
    initial: 400,
    parse: wholeNumber(1, DELIVERIES_KEPT_DAYS_MAX),
  },
  webhookPrivateAddresses: {
    name: "WEBHOOK_PRIVATE_ADDRESSES",
    initial: "refuse",
    parse: oneOf(PRIVATE_ADDRESSES),
  },
  metricsToken: {
    name: "METRICS_TOKEN",
    initial: null,
    parse: matching(
      new RegExp(`^[!-~]{${ADMIN_TOKEN_LENGTH_MIN},${ADMIN_TOKEN_LENGTH_MAX}}$`),
      `must have ${ADMIN_TOKEN_LENGTH_MIN} to ${ADMIN_TOKEN_LENGTH_MAX} characters of ASCII and no space`,
    ),
  },
  nodeEnv: { name: "NODE_ENV", initial: "development", parse: oneOf(NODE_ENVS) },
  logLevel: { name: "LOG_LEVEL", initial: "info", parse: oneOf(LOG_LEVELS) },
};

function perMinute(name: string): Setting<number> {
  return { name, initial: 0, parse: wholeNumber(0, PER_MINUTE_MAX) };
}

function wholeNumber(min: number, max: number): Setting<number>["parse"] {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max
      ? { value }
      : { fault: `must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}` };
  };
}

function matching(pattern: RegExp, fault: string): Setting<string>["parse"] {
  return (text) => (pattern.test(text) ? { value: text } : { fault });
}

function oneOf<Value extends string>(values: readonly Value[]): Setting<Value>["parse"] {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    return value === undefined
      ? { fault: `must be one of ${values.join(", ")}, not ${JSON.stringify(text)}` }
      : { value };
  };
}

/** Urls can hold a password, so a fault shows an example and not what was given. */
function url(protocols: readonly string[], example: string): Setting<string | null>["parse"] {
  return (text) => {
    // PostgreSQL's own tools allow a url without a host, whose socket's folder is a parameter.
    const withHost = text.replace("@/", "@localhost/").replace(":///", "://localhost/");
    return URL.canParse(withHost) && protocols.includes(new URL(withHost).protocol)
      ? { value: text }
      : { fault: `must be a URL like ${example}` };
  };
}

function oidcText(): Setting<string>["parse"] {
  const pattern = new RegExp(`^[ -~]{1,${OIDC_TEXT_LENGTH_MAX}}$`);
  return matching(pattern, `must be 1 to ${OIDC_TEXT_LENGTH_MAX} characters of ASCII`);
}

/** Whoever could answer in the provider's stead could let in anybody, so it is asked by TLS, or on this machine. */
function parseJwksUrl(text: string): { value: string } | { fault: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.has(url.hostname));
  return url && isSafe && url.username === "" && url.password === ""
    ? { value: text }
    : {
        fault:
          "must be a URL like https://id.example.com/keys, without a password; http only to this machine",
      };
}

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"]);

function parsedKurrentdbUrl(text: string): { value: string } | { fault: string } {
  const parsed = parseKurrentdbUrl(text);
  return "fault" in parsed ? parsed : { value: text };
}
