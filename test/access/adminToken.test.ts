import { createHash } from "node:crypto";
import { ADMIN_TOKEN_PREFIX, ensureAdminToken, replaceAdminToken } from "../../src/access/adminToken";
import { createAuthenticate, TOKEN_KNOWN_MS_MAX, type Authenticate } from "../../src/access/authenticate";
import { mayDo } from "../../src/access/mayDo";
import { ADMIN } from "../../src/access/admin";
import { INSTANCE_STREAM } from "../../src/apps/instance.events";
import { StoreUnavailable } from "../../src/eventstore/eventStore";
import { RIGHTS, type Actor, type Context } from "../../src/graphql/context";
import { openParts, type Parts } from "../../src/parts";
import { freshDatabase } from "../support/postgres";

let database: Awaited<ReturnType<typeof freshDatabase>>;
let parts: Parts;
const open = (): Parts =>
  openParts({ url: database.url, connectionsMax: 2, now: () => new Date(), report: (error) => fail(error) });

beforeEach(async () => {
  database = await freshDatabase({ migrated: true });
  parts = open();
});
afterEach(async () => {
  await parts.close();
  await database.drop();
});

const fail = (error: unknown): never => {
  throw error;
};

describe("the admin token", () => {
  it("is made once, and never told again", async () => {
    const token = await ensureAdminToken(parts.instance, null);
    expect(token).toMatch(new RegExp(`^${ADMIN_TOKEN_PREFIX}[A-Za-z0-9_-]{43}$`));
    expect(await ensureAdminToken(parts.instance, null)).toBeNull();
  });

  it("is stored as a hash only", async () => {
    const token = (await ensureAdminToken(parts.instance, null)) ?? "";
    const events = await parts.store.readStream(INSTANCE_STREAM, 0, 10);
    expect(JSON.stringify(events)).not.toContain(token.slice(ADMIN_TOKEN_PREFIX.length));
    const hash = createHash("sha256").update(token).digest("hex");
    expect(events.map(({ data }) => data)).toMatchObject([{ hash }]);
  });

  it("is told by one of two servers that start at once", async () => {
    const other = open();
    const told = await Promise.all([
      ensureAdminToken(parts.instance, null),
      ensureAdminToken(other.instance, null),
    ]);
    await other.close();
    const tokens = told.filter((token) => token !== null);
    expect(tokens).toHaveLength(1);
    const authenticate = createAuthenticate({ instance: parts.instance, nowMs: () => 0 });
    expect(await authenticate(`Bearer ${tokens[0]}`)).toBe(ADMIN);
  });

  it("is the one of the settings if they name one, issued once", async () => {
    const given = "a-token-that-the-settings-name";
    expect(await ensureAdminToken(parts.instance, given)).toBeNull();
    expect(await ensureAdminToken(parts.instance, given)).toBeNull();
    expect(await parts.store.readStream(INSTANCE_STREAM, 0, 10)).toHaveLength(1);
    const authenticate = createAuthenticate({ instance: parts.instance, nowMs: () => 0 });
    expect(await authenticate(`Bearer ${given}`)).toBe(ADMIN);
  });

  it("is replaced by a new one; the old one ends when the time is over for which it is remembered", async () => {
    let nowMs = 0;
    const authenticate: Authenticate = createAuthenticate({ instance: parts.instance, nowMs: () => nowMs });
    const first = await ensureAdminToken(parts.instance, null);
    expect(await authenticate(`Bearer ${first}`)).toBe(ADMIN);

    const second = await replaceAdminToken(parts.instance);
    nowMs = TOKEN_KNOWN_MS_MAX - 1;
    expect(await authenticate(`Bearer ${first}`)).toBe(ADMIN);
    nowMs = TOKEN_KNOWN_MS_MAX;
    expect(await authenticate(`Bearer ${first}`)).toBeNull();
    expect(await authenticate(`Bearer ${second}`)).toBe(ADMIN);
  });
});

describe("while the database is away", () => {
  it("the last known token counts on", async () => {
    let nowMs = 0;
    let isAway = false;
    const state: Parts["instance"]["state"] = (stream) =>
      isAway ? Promise.reject(new StoreUnavailable("away")) : parts.instance.state(stream);
    const authenticate = createAuthenticate({ instance: { state }, nowMs: () => nowMs });
    const token = await ensureAdminToken(parts.instance, null);
    expect(await authenticate(`Bearer ${token}`)).toBe(ADMIN);
    isAway = true;
    nowMs = 10 * TOKEN_KNOWN_MS_MAX;
    expect(await authenticate(`Bearer ${token}`)).toBe(ADMIN);
    expect(await authenticate("Bearer another")).toBeNull();
  });

  it("a server that knows none yet says so, instead of refusing a good one", async () => {
    const state = () => Promise.reject(new StoreUnavailable("away"));
    const authenticate = createAuthenticate({ instance: { state }, nowMs: () => 0 });
    await expect(authenticate("Bearer some-token")).rejects.toThrow(StoreUnavailable);
  });
});

describe("rights", () => {
  const asked = (actor: Actor) => ({ context: { actor } as Context });
  const viewer: Actor = { id: "viewer", role: "ADMIN", rights: new Set(["READ"]) };

  it("let an actor do what all of them allow", () => {
    expect(mayDo(asked(ADMIN), RIGHTS)).toBe(true);
    expect(mayDo(asked(viewer), ["READ"])).toBe(true);
  });

  it("forbid what one of them does not allow", () => {
    expect(mayDo(asked(viewer), ["EDIT"])).toBe(false);
    expect(mayDo(asked(viewer), ["READ", "EDIT"])).toBe(false);
  });

  it("forbid what names no right at all", () => expect(mayDo(asked(ADMIN), [])).toBe(false));
});
