import { createHash } from "node:crypto";
import { ensureAdminToken, replaceAdminToken } from "../../src/access/adminToken";
import { createKnownTokens } from "../../src/access/knownTokens";
import { ADMIN_TOKEN_PREFIX, hashOfSecret } from "../../src/access/secret";
import { ADMIN_TOKEN_ID, INSTANCE_STREAM } from "../../src/apps/instance.events";
import { upcast } from "../../src/apps/upcasters";
import { silent } from "../../src/lib/logger";
import { openParts, PROJECTIONS, type Parts } from "../../src/parts";
import { createProjectionRunner, type ProjectionRunner } from "../../src/projections/runner";
import { freshDatabase } from "../support/postgres";

let database: Awaited<ReturnType<typeof freshDatabase>>;
let parts: Parts;
let runner: ProjectionRunner;
const open = (): Promise<Parts> =>
  openParts({
    url: database.url,
    connectionsMax: 2,
    log: { kind: "postgres" },
    now: () => new Date(),
    report: (error) => fail(error),
  });

beforeEach(async () => {
  database = await freshDatabase({ migrated: true });
  parts = await open();
  runner = createProjectionRunner({
    store: parts.store,
    database: parts.database,
    projections: PROJECTIONS,
    logger: { ...silent, error: fail },
    upcast,
  });
  await runner.start();
});
afterEach(async () => {
  await runner.stop();
  await parts.close();
  await database.drop();
});

const fail = (error: unknown): never => {
  throw error;
};
const ensure = (given: string | null = null, on = parts) => ensureAdminToken(on.instance, given, silent);

/** What the token lets its holder do, as any server sees it now. */
async function standingOf(token: string | null): Promise<string | null> {
  await runner.projected(await parts.store.head());
  const known = createKnownTokens({ database: parts.database, nowMs: () => 0, now: () => new Date() });
  const holder = await known(hashOfSecret(token ?? ""));
  return holder && `${holder.actor.id}: ${holder.actor.grants.map(({ role }) => role).join()}`;
}
const ADMIN = "admin: ADMIN";

describe("the admin token", () => {
  it("is made once, and never told again", async () => {
    const token = await ensure();
    expect(token).toMatch(new RegExp(`^${ADMIN_TOKEN_PREFIX}[A-Za-z0-9_-]{43}$`));
    expect(await standingOf(token)).toBe(ADMIN);
    expect(await ensure()).toBeNull();
  });

  it("is stored as a hash only", async () => {
    const token = (await ensure()) ?? "";
    const events = await parts.store.readStream(INSTANCE_STREAM, 0, 10);
    expect(JSON.stringify(events)).not.toContain(token.slice(ADMIN_TOKEN_PREFIX.length));
    const hash = createHash("sha256").update(token).digest("hex");
    expect(events.map(({ data }) => data)).toMatchObject([{ hash }]);
  });

  it("is told by one of two servers that start at once", async () => {
    const other = await open();
    const told = await Promise.all([ensure(), ensure(null, other)]);
    await other.close();
    const tokens = told.filter((token) => token !== null);
    expect(tokens).toHaveLength(1);
    expect(await standingOf(tokens[0] ?? "")).toBe(ADMIN);
  });

  it("is the one of the settings if they name one, issued once", async () => {
    const given = "a-token-that-the-settings-name";
    expect(await ensure(given)).toBeNull();
    expect(await ensure(given)).toBeNull();
    expect(await parts.store.readStream(INSTANCE_STREAM, 0, 10)).toHaveLength(1);
    expect(await standingOf(given)).toBe(ADMIN);
  });

  it("is replaced by a new one, and the old one ends", async () => {
    const first = await ensure();
    const second = await replaceAdminToken(parts.instance);
    expect(await standingOf(first)).toBeNull();
    expect(await standingOf(second)).toBe(ADMIN);
  });

  it("that was revoked comes back neither by itself nor by the settings", async () => {
    const given = "a-token-that-the-settings-name";
    await ensure(given);
    await makeAnotherAdmin();
    await revokeAdminToken();
    const warnings: string[] = [];
    await ensureAdminToken(parts.instance, given, { warn: (line) => void warnings.push(line) });
    expect(await standingOf(given)).toBeNull();
    expect(warnings).toEqual([expect.stringContaining("ADMIN_TOKEN names a token that was revoked")]);
    expect(await ensure()).toBeNull();

    const another = await replaceAdminToken(parts.instance);
    expect(await standingOf(another)).toBe(ADMIN);
    await ensureAdminToken(parts.instance, given, silent);
    expect(await standingOf(given)).toBeNull();
    expect(await standingOf(another)).toBe(ADMIN);
  });
});

const asked = (commandId: string) => ({
  commandId,
  actor: "tester",
  may: () => true,
  secretHash: "0".repeat(64),
});

async function makeAnotherAdmin(): Promise<void> {
  const data = {
    name: "another",
    kind: "PERSON",
    role: "ADMIN",
    environments: null,
    environment: null,
    expiresAt: null,
    note: "",
  } as const;
  const { outcome } = await parts.instance.handle(
    INSTANCE_STREAM,
    { type: "CreateToken", data },
    asked("create"),
  );
  expect(outcome).toBe("accepted");
}

async function revokeAdminToken(): Promise<void> {
  const data = { tokenId: ADMIN_TOKEN_ID, note: "" };
  const { outcome } = await parts.instance.handle(
    INSTANCE_STREAM,
    { type: "RevokeToken", data },
    asked("revoke"),
  );
  expect(outcome).toBe("accepted");
}
