import { makeToken } from "./tokens";
import {
  createKnownTokens,
  KNOWN_TOKENS_MAX,
  REVOKED_MS_MAX,
  TOKEN_FRESH_MS,
  TOKEN_KNOWN_MS_MAX,
  WAITING_SECRETS_MAX,
} from "../../src/access/knownTokens";
import { OUTAGE_KNOWN_MS } from "../../src/access/outage";
import { hashOfSecret } from "../../src/access/secret";
import { DatabaseUnavailable, type Queryable } from "../../src/postgres/database";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
});
afterAll(() => server.stop());

let made = 0;
const newToken = (input: object = {}) =>
  makeToken(server, { app: "shop", name: `token ${++made}`, kind: "SERVER", ...input });
const revoke = (tokenId: string) =>
  server.send(`mutation($id: ID!) { revokeToken(input: { tokenId: $id }) { errors { code } } }`, {
    id: tokenId,
  });

/** The tokens that a server knows whose clocks stand where the test puts them, and whose database can be away. */
function knowing() {
  const { database } = server.running.parts;
  const at = { ms: 0, now: new Date("2026-01-01T00:00:00Z"), isAway: false, queries: 0 };
  const query: Queryable["query"] = (...asked) => {
    at.queries += 1;
    return at.isAway ? Promise.reject(new DatabaseUnavailable("away")) : database.query(...asked);
  };
  const known = createKnownTokens({ database: { query }, nowMs: () => at.ms, now: () => at.now });
  const holderOf = async (secret: string, isAnew?: boolean): Promise<string | null> =>
    (await known(hashOfSecret(secret), isAnew))?.tokenId ?? null;
  return { at, holderOf };
}

describe("a revoked token", () => {
  it("counts until the time is over for which it is known, and no longer", async () => {
    const { id, secret } = await newToken();
    const { at, holderOf } = knowing();
    expect(await holderOf(secret)).toBe(id);
    await revoke(id);
    at.ms = TOKEN_FRESH_MS - 1;
    expect(await holderOf(secret)).toBe(id);
    at.ms = TOKEN_KNOWN_MS_MAX;
    expect(await holderOf(secret)).toBeNull();
    expect(TOKEN_KNOWN_MS_MAX).toBeLessThan(REVOKED_MS_MAX);
  });

  it("that is busy ends earlier, since it is looked up while it still counts", async () => {
    const { id, secret } = await newToken();
    const { at, holderOf } = knowing();
    await holderOf(secret);
    await revoke(id);
    at.ms = TOKEN_FRESH_MS;
    expect(await holderOf(secret)).toBe(id);
    await until("it is known to have ended", async () => (await holderOf(secret)) === null);
    expect(at.ms).toBe(TOKEN_FRESH_MS);
  });

  it("ends at once for those who trust nothing that is remembered", async () => {
    const { id, secret } = await newToken();
    const { holderOf } = knowing();
    await holderOf(secret);
    await revoke(id);
    expect(await holderOf(secret, true)).toBeNull();
    expect(await holderOf(secret)).toBeNull();
  });
});

describe("a token that expires", () => {
  it("ends at the very instant, without a look-up", async () => {
    const expiresAt = new Date(server.clock.now().getTime() + 60_000);
    const { id, secret } = await newToken({ expiresAt: expiresAt.toISOString() });
    const { at, holderOf } = knowing();
    at.now = new Date(expiresAt.getTime() - 1);
    expect(await holderOf(secret)).toBe(id);
    at.now = expiresAt;
    expect(await holderOf(secret)).toBeNull();
    expect(at.queries).toBe(1);
  });
});

describe("a rotated token", () => {
  const rotate = async (tokenId: string, overlapSeconds: number) => {
    const data = await server.send(
      `mutation($input: RotateTokenInput!) {
        rotateToken(input: $input) { secret token { previousSecretEndsAt } errors { code message } }
      }`,
      { input: { tokenId, overlapSeconds } },
    );
    return {
      secret: server.read(data, "rotateToken.secret"),
      endsAt: server.read(data, "rotateToken.token.previousSecretEndsAt"),
    };
  };

  it("counts with both secrets until the overlap is over, then with the new one", async () => {
    const { id, secret: old } = await newToken();
    const { secret, endsAt } = await rotate(id, 60);
    const { at, holderOf } = knowing();
    at.now = new Date(Date.parse(endsAt) - 1);
    expect(await Promise.all([holderOf(old), holderOf(secret)])).toEqual([id, id]);
    at.now = new Date(endsAt);
    expect(await Promise.all([holderOf(old), holderOf(secret)])).toEqual([null, id]);
  });

  it("counts with the new one only if there is no overlap", async () => {
    const { id, secret: old } = await newToken();
    const { secret, endsAt } = await rotate(id, 0);
    const { at, holderOf } = knowing();
    at.now = new Date(endsAt);
    expect(await Promise.all([holderOf(old), holderOf(secret)])).toEqual([null, id]);
  });

  it("lets the secret before the last end at once", async () => {
    const { id, secret: first } = await newToken();
    const { secret: second } = await rotate(id, 60);
    const { secret: third } = await rotate(id, 60);
    const { at, holderOf } = knowing();
    at.now = server.clock.now();
    expect(await Promise.all([first, second, third].map((secret) => holderOf(secret)))).toEqual([
      null,
      id,
      id,
    ]);
  });

  it("counts with none of its secrets once it is revoked", async () => {
    const { id, secret: old } = await newToken();
    const { secret } = await rotate(id, 60);
    await revoke(id);
    const { holderOf } = knowing();
    expect(await Promise.all([holderOf(old), holderOf(secret)])).toEqual([null, null]);
  });
});

describe("while the database is away", () => {
  it("known tokens count on, and unknown ones are not refused for good", async () => {
    const [known, unknown] = [await newToken(), await newToken()];
    const { at, holderOf } = knowing();
    await holderOf(known.secret);
    at.isAway = true;
    at.ms = 60 * TOKEN_KNOWN_MS_MAX;
    expect(await holderOf(known.secret)).toBe(known.id);
    expect(await holderOf(known.secret, true)).toBe(known.id);
    await expect(holderOf(unknown.secret)).rejects.toThrow(DatabaseUnavailable);
  });

  it("an expired token ends all the same", async () => {
    const expiresAt = new Date(server.clock.now().getTime() + 60_000);
    const { id, secret } = await newToken({ expiresAt: expiresAt.toISOString() });
    const { at, holderOf } = knowing();
    expect(await holderOf(secret)).toBe(id);
    at.isAway = true;
    at.now = expiresAt;
    expect(await holderOf(secret)).toBeNull();
  });

  it("a token that was revoked meanwhile ends when the database is back", async () => {
    const { id, secret } = await newToken();
    const { at, holderOf } = knowing();
    await holderOf(secret);
    at.isAway = true;
    at.ms = TOKEN_KNOWN_MS_MAX;
    expect(await holderOf(secret)).toBe(id);
    await revoke(id);
    at.isAway = false;
    at.ms += OUTAGE_KNOWN_MS;
    expect(await holderOf(secret)).toBeNull();
  });
});

describe("many secrets at once", () => {
  it("cost one look-up, and one more for those who come while it is under way", async () => {
    const { id, secret } = await newToken();
    const { at, holderOf } = knowing();
    const early = Array.from({ length: 500 }, (_, index) => holderOf(`wrong-${index}`));
    await Promise.resolve();
    const late = [holderOf(secret), ...Array.from({ length: 499 }, (_, index) => holderOf(`late-${index}`))];
    expect((await Promise.all(early)).every((holder) => holder === null)).toBe(true);
    expect((await Promise.all(late)).filter((holder) => holder !== null)).toEqual([id]);
    expect(at.queries).toBeLessThanOrEqual(2);
  });

  it("that are wrong push out none that is known", async () => {
    const { id, secret } = await newToken();
    const { at, holderOf } = knowing();
    await holderOf(secret);
    for (let asked = 0; asked <= KNOWN_TOKENS_MAX; asked += WAITING_SECRETS_MAX) {
      await Promise.all(Array.from({ length: WAITING_SECRETS_MAX }, (_, i) => holderOf(`${asked}-${i}`)));
    }
    const before = at.queries;
    expect(await holderOf(secret)).toBe(id);
    expect(at.queries).toBe(before);
  });

  it("are answered with unavailable if one more waits than may", async () => {
    const { holderOf } = knowing();
    const waiting = Array.from({ length: WAITING_SECRETS_MAX }, (_, index) => holderOf(`${index}`));
    await expect(holderOf("one more")).rejects.toThrow(DatabaseUnavailable);
    expect(await Promise.all(waiting)).toHaveLength(WAITING_SECRETS_MAX);
  });
});
