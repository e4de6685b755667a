// cspell:ignore prodution
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PER_MINUTE_MAX } from "../src/access/rateLimits";
import {
  ADMIN_TOKEN_LENGTH_MAX,
  ADMIN_TOKEN_LENGTH_MIN,
  DATABASE_CONNECTIONS_MAX,
  DATABASE_CONNECTIONS_MIN,
  DELIVERIES_FLUSH_SECONDS_MAX,
  DELIVERIES_KEPT_DAYS_MAX,
  OIDC_CLOCK_SKEW_SECONDS_MAX,
  OIDC_TEXT_LENGTH_MAX,
  logIn,
  oidcIn,
  readSettings,
  SETTINGS,
  type Environment,
  type Settings,
} from "../src/settings";

function settingsOf(environment: Environment): Settings {
  const read = readSettings(environment);
  if (read.outcome === "refused") throw new Error(read.faults.join("\n"));
  return read.settings;
}

function faultsOf(environment: Environment): readonly string[] {
  const read = readSettings(environment);
  return read.outcome === "refused" ? read.faults : [];
}

const OIDC = {
  OIDC_ISSUER: "https://id.example.com/",
  OIDC_AUDIENCE: "product-experiences",
  OIDC_JWKS_URL: "https://id.example.com/keys",
  OIDC_ROLES: `[{ "value": "ops", "role": "ADMIN" }]`,
} as const;

it("needs no setting at all", () => {
  expect(settingsOf({})).toEqual({
    port: 4000,
    host: "127.0.0.1",
    dataDir: "./data",
    databaseUrl: null,
    databaseConnectionsMax: 5,
    eventStore: "postgres",
    kurrentdbUrl: null,
    kurrentdbCredentialsFile: null,
    adminToken: null,
    oidcIssuer: null,
    oidcAudience: null,
    oidcJwksUrl: null,
    oidcRoles: null,
    oidcRolesClaim: "roles",
    oidcClockSkewSeconds: 60,
    mutationsPerMinute: 0,
    evaluationsPerMinute: 0,
    subscriptionsPerMinute: 0,
    ingestsPerMinute: 0,
    deliveriesFlushedEverySeconds: 5,
    deliveriesKeptDays: 400,
    metricsToken: null,
    webhookPrivateAddresses: "refuse",
    nodeEnv: "development",
    logLevel: "info",
  });
});

it("takes every setting", () => {
  const token = "x".repeat(ADMIN_TOKEN_LENGTH_MIN);
  expect(
    settingsOf({
      PORT: "8080",
      HOST: "::1",
      DATA_DIR: "/var/lib/px data",
      DATABASE_URL: "postgres://me:secret@db/px",
      DATABASE_CONNECTIONS: "20",
      EVENT_STORE: "kurrentdb",
      KURRENTDB_URL: "kurrentdb://log:2113?tls=false",
      KURRENTDB_CREDENTIALS_FILE: "/run/secrets/kurrentdb",
      ADMIN_TOKEN: token,
      ...OIDC,
      OIDC_ROLES_CLAIM: "/realm_access/roles",
      OIDC_CLOCK_SKEW: "5",
      MUTATIONS_PER_MINUTE: "1",
      EVALUATIONS_PER_MINUTE: "2",
      SUBSCRIPTIONS_PER_MINUTE: "3",
      INGESTS_PER_MINUTE: "4",
      DELIVERIES_FLUSH: "6",
      DELIVERIES_KEPT_DAYS: "7",
      WEBHOOK_PRIVATE_ADDRESSES: "allow",
      METRICS_TOKEN: "m".repeat(24),
      NODE_ENV: "production",
      LOG_LEVEL: "warn",
    }),
  ).toEqual({
    port: 8080,
    host: "::1",
    dataDir: "/var/lib/px data",
    databaseUrl: "postgres://me:secret@db/px",
    databaseConnectionsMax: 20,
    eventStore: "kurrentdb",
    kurrentdbUrl: "kurrentdb://log:2113?tls=false",
    kurrentdbCredentialsFile: "/run/secrets/kurrentdb",
    adminToken: token,
    oidcIssuer: OIDC.OIDC_ISSUER,
    oidcAudience: OIDC.OIDC_AUDIENCE,
    oidcJwksUrl: OIDC.OIDC_JWKS_URL,
    oidcRoles: [{ value: "ops", role: "ADMIN", app: null, environments: null }],
    oidcRolesClaim: "/realm_access/roles",
    oidcClockSkewSeconds: 5,
    mutationsPerMinute: 1,
    evaluationsPerMinute: 2,
    subscriptionsPerMinute: 3,
    ingestsPerMinute: 4,
    deliveriesFlushedEverySeconds: 6,
    deliveriesKeptDays: 7,
    webhookPrivateAddresses: "allow",
    metricsToken: "m".repeat(24),
    nodeEnv: "production",
    logLevel: "warn",
  });
});

it("takes an empty variable as not set", () => {
  expect(settingsOf({ PORT: "", DATABASE_URL: "", ADMIN_TOKEN: "" })).toEqual(settingsOf({}));
});

describe("a setting within its bounds is taken, and beyond them refused by name", () => {
  const tokenOf = (length: number): string => "t".repeat(length);
  it.each<[string, string[], string[]]>([
    ["PORT", ["0", "65535"], ["-1", "65536", "4e3", "80.5", "http", " 80"]],
    ["HOST", ["0.0.0.0", "::", "db-1.internal"], ["a b", "http://x", "x/y"]],
    ["DATA_DIR", ["../data", "/"], ["a\0b", "a\nb"]],
    [
      "DATABASE_URL",
      ["postgresql://h/d", "postgres://u@/d?host=/run/postgresql", "postgres:///d?host=/run"],
      ["mysql://h/d", "h/d", "postgres://h:port/d"],
    ],
    [
      "DATABASE_CONNECTIONS",
      [`${DATABASE_CONNECTIONS_MIN}`, `${DATABASE_CONNECTIONS_MAX}`],
      [`${DATABASE_CONNECTIONS_MIN - 1}`, `${DATABASE_CONNECTIONS_MAX + 1}`],
    ],
    ["EVENT_STORE", ["postgres"], ["memory", "KURRENTDB"]],
    ["KURRENTDB_URL", ["esdb://h:2113", "kurrentdb+discover://h", "kurrentdb://a,b:1"], ["http://h:2113"]],
    ["KURRENTDB_CREDENTIALS_FILE", ["/run/secrets/log", "my file"], ["a\nb"]],
    [
      "ADMIN_TOKEN",
      [tokenOf(ADMIN_TOKEN_LENGTH_MIN), tokenOf(ADMIN_TOKEN_LENGTH_MAX)],
      [
        tokenOf(ADMIN_TOKEN_LENGTH_MIN - 1),
        tokenOf(ADMIN_TOKEN_LENGTH_MAX + 1),
        `${tokenOf(ADMIN_TOKEN_LENGTH_MIN)} x`,
        `${tokenOf(ADMIN_TOKEN_LENGTH_MIN)}é`,
        `pe_server_${tokenOf(ADMIN_TOKEN_LENGTH_MIN)}`,
        `eyJ${tokenOf(ADMIN_TOKEN_LENGTH_MIN)}.a.b`,
      ],
    ],
    [
      "OIDC_CLOCK_SKEW",
      ["0", `${OIDC_CLOCK_SKEW_SECONDS_MAX}`],
      ["-1", `${OIDC_CLOCK_SKEW_SECONDS_MAX + 1}`],
    ],
    [
      "OIDC_ROLES_CLAIM",
      ["groups", "a".repeat(OIDC_TEXT_LENGTH_MAX)],
      ["ä", "a".repeat(OIDC_TEXT_LENGTH_MAX + 1)],
    ],
    ["MUTATIONS_PER_MINUTE", ["0", `${PER_MINUTE_MAX}`], ["-1", `${PER_MINUTE_MAX + 1}`, "1.5"]],
    [
      "DELIVERIES_FLUSH",
      ["1", `${DELIVERIES_FLUSH_SECONDS_MAX}`],
      ["0", `${DELIVERIES_FLUSH_SECONDS_MAX + 1}`],
    ],
    ["DELIVERIES_KEPT_DAYS", ["1", `${DELIVERIES_KEPT_DAYS_MAX}`], ["0", `${DELIVERIES_KEPT_DAYS_MAX + 1}`]],
    ["WEBHOOK_PRIVATE_ADDRESSES", ["refuse", "allow"], ["true", "Allow"]],
    ["NODE_ENV", ["production", "development", "test"], ["prodution", "PRODUCTION"]],
    ["LOG_LEVEL", ["trace", "silent"], ["verbose", "INFO"]],
  ])("%s", (name, good, bad) => {
    for (const text of good) expect(faultsOf({ [name]: text })).toEqual([]);
    for (const text of bad)
      expect(faultsOf({ [name]: text })).toEqual([expect.stringMatching(`^${name} .*\\.$`)]);
  });
});

describe("an identity provider", () => {
  it("is one only if everything about it is set", () => {
    expect(oidcIn(settingsOf({}))).toBeNull();
    expect(oidcIn(settingsOf(OIDC))).toEqual({
      issuer: OIDC.OIDC_ISSUER,
      audience: OIDC.OIDC_AUDIENCE,
      jwksUrl: OIDC.OIDC_JWKS_URL,
      roles: [{ value: "ops", role: "ADMIN", app: null, environments: null }],
      rolesClaim: "roles",
      clockSkewSeconds: 60,
    });
    expect(faultsOf({ ...OIDC, OIDC_AUDIENCE: "", OIDC_ROLES: "" })).toEqual([
      "OIDC_AUDIENCE and OIDC_ROLES must be set too, for JWTs to be accepted.",
    ]);
  });

  it.each(["http://localhost:9/k", "http://127.0.0.1:9/k", "http://[::1]/k", "https://id.example.com/k?a=b"])(
    "shows its keys at %s",
    (url) => expect(faultsOf({ ...OIDC, OIDC_JWKS_URL: url })).toEqual([]),
  );

  it.each(["http://id.example.com/k", "file:///k", "keys", "https://me:hunter2@id.example.com/k"])(
    "does not show its keys at %s",
    (url) => {
      const faults = faultsOf({ ...OIDC, OIDC_JWKS_URL: url });
      expect(faults).toEqual([expect.stringMatching(/^OIDC_JWKS_URL must/)]);
      expect(faults.join()).not.toContain("hunter2");
    },
  );
});

it("says everything that is wrong at once, one line each", () => {
  expect(faultsOf({ PORT: "x", LOG_LEVEL: "loud", EVENT_STORE: "memory" })).toEqual([
    'PORT must be a whole number from 0 to 65535, not "x".',
    'EVENT_STORE must be one of postgres, kurrentdb, not "memory".',
    'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "loud".',
  ]);
});

it("keeps the log in KurrentDB only if it is told where that is", () => {
  expect(faultsOf({ EVENT_STORE: "kurrentdb" })).toEqual([
    expect.stringMatching(/^KURRENTDB_URL must be set for EVENT_STORE=kurrentdb, as kurrentdb:/),
  ]);
  const url = "kurrentdb://me:hunter2@log?tls=false";
  expect(logIn(settingsOf({ KURRENTDB_URL: url }))).toEqual({ kind: "postgres" });
  expect(logIn(settingsOf({ EVENT_STORE: "kurrentdb", KURRENTDB_URL: url }))).toMatchObject({
    kind: "kurrentdb",
    address: { hosts: [{ address: "log", port: 2113 }] },
    credentialsFile: null,
  });
});

it("shows no secret in what it says", () => {
  const faults = faultsOf({ DATABASE_URL: "mysql://me:hunter2@h/d", ADMIN_TOKEN: "hunter2" });
  expect(faults).toHaveLength(2);
  expect(faults.join()).not.toContain("hunter2");
});

it("reads the environment of the process if it is given none", () => {
  expect(readSettings().outcome).toBe("read");
});

it("is what docs/settings.md says", () => {
  const page = readFileSync(join(__dirname, "../docs/settings.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` +\|(?: `([^`]+)`)? +\|/gm)];
  const documented = rows.map(([, name, initial]) => ({ name, initial: initial ?? null }));
  const known = Object.values(SETTINGS).map(({ name, initial }) => ({
    name,
    initial: initial === null ? null : String(initial),
  }));
  expect(documented).toEqual(known);
});
