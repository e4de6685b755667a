import { JWKS_BYTES_MAX, JWKS_COOLDOWN_MS, JWKS_KNOWN_MS_MAX, JWKS_MS_MAX } from "../../src/access/jwks";
import {
  createVerifyJwt,
  JWT_ALGORITHMS,
  JWT_KNOWN_MS_MAX,
  JWT_LENGTH_MAX,
  SUBJECT_LENGTH_MAX,
  type Oidc,
  type VerifyJwt,
} from "../../src/access/jwt";
import {
  AUDIENCE,
  ISSUER,
  newKeyPair,
  startIdentityProvider,
  type IdentityProvider,
} from "../support/identityProvider";

const NOW_MS = Date.parse("2027-01-01T00:00:00Z");
const SKEW_SECONDS = 60;
const AT = NOW_MS / 1_000;

let provider: IdentityProvider;
let passedMs: number;
let verify: VerifyJwt;
beforeEach(async () => {
  provider = await startIdentityProvider();
  passedMs = 0;
  verify = verifierFor(provider);
});
afterEach(() => provider.stop());

function verifierFor({ jwksUrl }: IdentityProvider, oidc: Partial<Oidc> = {}): VerifyJwt {
  return createVerifyJwt({
    oidc: {
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksUrl,
      clockSkewSeconds: SKEW_SECONDS,
      rolesClaim: "roles",
      roles: [{ value: "editors", role: "EDITOR", app: "shop", environments: null }],
      ...oidc,
    },
    now: () => new Date(NOW_MS + passedMs),
    nowMs: () => passedMs,
  });
}

const jwt: IdentityProvider["jwt"] = (claims, how) =>
  provider.jwt(claims, { nowMs: NOW_MS + passedMs, ...how });
const unsigned = (header: object, claims: object): string =>
  `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.`;

describe("a JWT of the provider", () => {
  it("says who comes, and what they may do", async () =>
    expect(await verify(await jwt())).toEqual({
      id: "oidc:auth0|ada",
      kind: "PERSON",
      grants: [{ app: "shop", role: "EDITOR", environments: null }],
    }));

  it("lets in whoever is in no group, who then may do nothing", async () =>
    expect(await verify(await jwt({ roles: undefined }))).toMatchObject({ grants: [] }));

  it("may be for several", async () =>
    expect(await verify(await jwt({ aud: ["other", AUDIENCE] }))).not.toBeNull());

  it.each(["ES256", "EdDSA", "PS512"])("may be signed by %s", async (alg) => {
    const other = await startIdentityProvider(alg);
    expect(JWT_ALGORITHMS).toContain(alg);
    expect(await verifierFor(other)(await other.jwt({}, { nowMs: NOW_MS }))).not.toBeNull();
    await other.stop();
  });
});

describe("a JWT is refused", () => {
  it.each<[string, Record<string, unknown>]>([
    ["by another issuer", { iss: "https://id.example.com" }],
    ["without an issuer", { iss: undefined }],
    ["for another audience", { aud: "another" }],
    ["without an audience", { aud: undefined }],
    ["without an end", { exp: undefined }],
    ["without a subject", { sub: undefined }],
    ["whose subject is no text", { sub: 7 }],
    ["whose subject is empty", { sub: "" }],
    ["whose subject is too long", { sub: "a".repeat(SUBJECT_LENGTH_MAX + 1) }],
    ["whose subject holds a line's end", { sub: "a\nb" }],
  ])("%s", async (_, claims) => expect(await verify(await jwt(claims))).toBeNull());

  it("takes a subject of the greatest length", async () =>
    expect(await verify(await jwt({ sub: "a".repeat(SUBJECT_LENGTH_MAX) }))).not.toBeNull());

  it("once it has expired, by more than clocks may differ", async () => {
    expect(await verify(await jwt({ exp: AT - SKEW_SECONDS + 1 }))).not.toBeNull();
    expect(await verify(await jwt({ exp: AT - SKEW_SECONDS }))).toBeNull();
  });

  it("before it counts, by more than clocks may differ", async () => {
    expect(await verify(await jwt({ nbf: AT + SKEW_SECONDS }))).not.toBeNull();
    expect(await verify(await jwt({ nbf: AT + SKEW_SECONDS + 1 }))).toBeNull();
  });

  it("as soon as it expires, also one that was good a moment ago", async () => {
    const ending = await jwt({ exp: AT + 2 });
    expect(await verify(ending)).not.toBeNull();
    passedMs = (2 + SKEW_SECONDS) * 1_000 - 1;
    expect(await verify(ending)).not.toBeNull();
    passedMs += 1;
    expect(await verify(ending)).toBeNull();
    expect(passedMs).toBeGreaterThan(JWT_KNOWN_MS_MAX);
    const shorter = await jwt({ exp: AT + passedMs / 1_000 - SKEW_SECONDS + 1 });
    expect(await verify(shorter)).not.toBeNull();
    passedMs += 1_000;
    expect(await verify(shorter)).toBeNull();
  });

  it("without a signature", async () => {
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: "ada", exp: AT + 300 };
    expect(await verify(unsigned({ alg: "none" }, claims))).toBeNull();
    expect(await verify(unsigned({ alg: "none", kid: "key-0" }, claims))).toBeNull();
  });

  it("with the public key as a shared secret", async () => {
    const key = Buffer.from(await provider.publicKey());
    expect(await verify(await jwt({}, { alg: "HS256", key }))).toBeNull();
  });

  it("with the signature of another key, under the name of a good one", async () => {
    const { privateKey } = await newKeyPair("RS256");
    expect(await verify(await jwt({}, { key: privateKey }))).toBeNull();
  });

  it("with a signature that is of other claims", async () => {
    const [head, , signature] = (await jwt()).split(".");
    const [, claims] = (await jwt({ sub: "grace" })).split(".");
    expect(await verify([head, claims, signature].join("."))).toBeNull();
  });

  it("of a megabyte, without a look at it", async () => {
    expect(await verify(await jwt({ more: "a".repeat(1_000_000) }))).toBeNull();
    expect(provider.asked()).toBe(0);
    const room = JWT_LENGTH_MAX - (await jwt({ more: "" })).length;
    const longest = await jwt({ more: "a".repeat(Math.floor((room * 3) / 4) - 4) });
    expect(longest.length).toBeGreaterThan(JWT_LENGTH_MAX - 20);
    expect(await verify(longest)).not.toBeNull();
  });

  it("that is none", async () => {
    for (const text of ["eyJ..", "eyJ0.eyJ0.a", "eyJ.eyJ.eyJ", "a.b.c"]) {
      expect(await verify(text)).toBeNull();
    }
  });
});

describe("the provider's keys", () => {
  it("are asked for once, however many JWTs come", async () => {
    const jwts = await Promise.all(["a", "b", "c"].map((sub) => jwt({ sub })));
    expect((await Promise.all(jwts.map((each) => verify(each)))).map((actor) => actor?.id)).toEqual([
      "oidc:a",
      "oidc:b",
      "oidc:c",
    ]);
    expect(provider.asked()).toBe(1);
  });

  it("are asked for again when a JWT names one that is new, but not for every one that does", async () => {
    await verify(await jwt());
    await provider.rotate();
    const byNewKey = await jwt({ sub: "new" });
    expect(await verify(byNewKey)).toBeNull();
    passedMs = JWKS_COOLDOWN_MS;
    expect(await verify(byNewKey)).not.toBeNull();
    for (const sub of ["x", "y", "z"])
      expect(await verify(await jwt({ sub }, { kid: "unknown" }))).toBeNull();
    expect(provider.asked()).toBe(2);
  });

  it("are asked for again after a while, so that one that was withdrawn ends", async () => {
    const old = await jwt({ exp: AT + JWKS_KNOWN_MS_MAX });
    expect(await verify(old)).not.toBeNull();
    await provider.rotate();
    passedMs = JWKS_KNOWN_MS_MAX - 1;
    expect(await verify(old)).not.toBeNull();
    passedMs += JWT_KNOWN_MS_MAX;
    expect(await verify(old)).toBeNull();
  });

  it.each<[string, Parameters<IdentityProvider["answer"]>[0]]>([
    ["are no JSON", (_, response) => response.end("<html>")],
    ["are no set of keys", (_, response) => response.end(`{"keys":7}`)],
    ["are not there", (_, response) => response.writeHead(500).end("{}")],
    ["are elsewhere", (_, response) => response.writeHead(302, { location: provider.jwksUrl }).end()],
    ["break off", (_, response) => void response.write("{", () => response.destroy())],
    ["are huge", (_, response) => response.end(`{"keys":[],"more":"${"a".repeat(JWKS_BYTES_MAX)}"}`)],
  ])("let nobody in if they %s, and are asked for again later", async (_, how) => {
    provider.answer(how);
    const good = await jwt();
    await expect(verify(good)).rejects.toThrow(expect.objectContaining({ name: "KeysUnavailable" }));
    await expect(verify(good)).rejects.toThrow(expect.objectContaining({ name: "KeysUnavailable" }));
    expect(provider.asked()).toBe(1);
    provider.answer(null);
    passedMs = JWKS_COOLDOWN_MS;
    expect(await verify(good)).not.toBeNull();
  });

  it("are waited for only so long", async () => {
    provider.answer(() => undefined);
    const startedAtMs = performance.now();
    await expect(verify(await jwt())).rejects.toThrow("keys");
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(JWKS_MS_MAX - 50);
  });

  it("count on for those who are known while they cannot be read again", async () => {
    expect(await verify(await jwt())).not.toBeNull();
    passedMs = JWKS_COOLDOWN_MS;
    provider.answer((_, response) => response.writeHead(500).end());
    await expect(verify(await jwt({}, { kid: "unknown" }))).rejects.toThrow("500");
    expect(await verify(await jwt({ sub: "grace" }))).not.toBeNull();
  });
});
