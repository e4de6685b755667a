import { askForToken, codeOf, makeToken, readAs, sendAs } from "./tokens";
import { SECRET_PREFIXES } from "../../src/access/secret";
import { appStream } from "../../src/apps/app.events";
import { INSTANCE_STREAM } from "../../src/apps/instance.events";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  for (const slug of ["shop", "other"]) {
    await server.send(
      `mutation { createApp(input: { slug: "${slug}", name: "${slug}" }) { errors { code } } }`,
    );
  }
});
afterAll(() => server.stop());

const VIEWER = `{ viewer { id kind role app rights grants { role app environments rights } } }`;

describe("a token", () => {
  it("lets its holder in as who they are", async () => {
    const input = {
      app: "shop",
      name: "Ann",
      kind: "PERSON",
      role: "PUBLISHER",
      environments: ["production"],
    };
    const { id, secret } = await makeToken(server, input);
    expect(secret).toMatch(/^pe_person_[A-Za-z0-9_-]{43}$/);
    const rights = ["EVALUATE", "FOLLOW", "READ", "EDIT", "INGEST", "PUBLISH"];
    expect(await readAs(server, secret, VIEWER)).toEqual({
      viewer: {
        id,
        kind: "PERSON",
        role: "PUBLISHER",
        app: "shop",
        rights,
        grants: [{ role: "PUBLISHER", app: "shop", environments: ["production"], rights }],
      },
    });
  });

  it("of a service says what kind it is of, at a glance and when asked", async () => {
    const service = await makeToken(server, { app: "shop", name: "service", kind: "SERVER" });
    expect(service.secret.startsWith(SECRET_PREFIXES.SERVER)).toBe(true);
    expect(await readAs(server, service.secret, VIEWER)).toMatchObject({
      viewer: { kind: "SERVER", role: null, app: "shop", rights: ["EVALUATE", "FOLLOW", "INGEST"] },
    });
    const input = { app: "shop", name: "page", kind: "CLIENT", environment: "production" };
    const client = await makeToken(server, input);
    expect(client.secret.startsWith(SECRET_PREFIXES.CLIENT)).toBe(true);
    expect(await readAs(server, client.secret, VIEWER)).toMatchObject({
      viewer: { kind: "CLIENT", role: null, grants: [{ environments: ["production"] }] },
    });
  });

  it("stands in the history of what its holder does", async () => {
    const { id, secret } = await makeToken(server, {
      app: "shop",
      name: "Bea",
      kind: "PERSON",
      role: "EDITOR",
    });
    const created = await sendAs(
      server,
      secret,
      `mutation { createKey(input: { app: "shop", name: "by_bea", type: STRING, defaultValue: "" }) { key { createdBy { id } } } }`,
    );
    expect(created.data).toEqual({ createKey: { key: { createdBy: { id } } } });
  });

  it("is stored without its secret, and shown without it ever after", async () => {
    const { id, secret } = await makeToken(server, { app: "shop", name: "quiet", kind: "SERVER" });
    const { store, database } = server.running.parts;
    const events = await store.readStream(appStream("shop"), 0, 1_000);
    const rows = await database.query("select * from models.tokens");
    const changes = await database.query("select * from models.changes");
    for (const stored of [events, rows, changes]) {
      expect(JSON.stringify(stored)).toContain("quiet");
      expect(JSON.stringify(stored)).not.toContain(secret.slice(SECRET_PREFIXES.SERVER.length));
    }
    expect(JSON.stringify(changes)).not.toContain("hash");
    expect(
      await readAs(server, server.token, `query($id: ID!) { node(id: $id) { id ... on Token { name } } }`, {
        id,
      }),
    ).toEqual({ node: { id, name: "quiet" } });
  });

  it("is made once however often the command is sent, and tells its secret to the first one only", async () => {
    const input = { app: "shop", name: "once", kind: "SERVER", commandId: "token-once" };
    const first = await askForToken(server, input);
    const again = await askForToken(server, input);
    expect(first.secret).not.toBeNull();
    expect(again).toMatchObject({ token: { id: first.token?.id }, secret: null, errors: [] });
    expect(codeOf(await sendAs(server, first.secret ?? "", VIEWER))).toBeNull();
    const another = await askForToken(server, { ...input, name: "another" });
    expect(another.errors).toMatchObject([{ code: "COMMAND_ID_REUSED" }]);
  });

  it("is refused with every reason, and nothing is made", async () => {
    const { store } = server.running.parts;
    const before = await store.head();
    const { token, secret, errors } = await askForToken(server, {
      app: "shop",
      name: "",
      kind: "PERSON",
      role: "EDITOR",
      environments: ["berlin"],
    });
    expect([token, secret]).toEqual([null, null]);
    expect(errors.map(({ code, path }) => [code, path])).toEqual([
      ["INVALID", ["name"]],
      ["NOT_FOUND", ["environments", "0"]],
    ]);
    expect(await store.head()).toBe(before);
  });
});

describe("who makes tokens", () => {
  it("is an ADMIN, for the app of the ADMIN and for no other", async () => {
    const { secret } = await makeToken(server, { app: "shop", name: "boss", kind: "PERSON", role: "ADMIN" });
    const input = { name: "by boss", kind: "PERSON", role: "ADMIN" };
    expect((await askForToken(server, { ...input, app: "shop" }, secret)).errors).toEqual([]);
    const elsewhere = await askForToken(server, { ...input, app: "other" }, secret);
    expect(elsewhere.errors).toMatchObject([{ code: "NOT_FOUND", path: ["app"] }]);
    await expect(askForToken(server, input, secret)).rejects.toThrow("FORBIDDEN");
  });

  it("is nobody who would raise themselves by it", async () => {
    for (const role of ["VIEWER", "EDITOR", "PUBLISHER"]) {
      const { id, secret } = await makeToken(server, { app: "shop", name: role, kind: "PERSON", role });
      const wanted = { app: "shop", name: "higher", kind: "PERSON", role: "ADMIN" };
      await expect(askForToken(server, wanted, secret)).rejects.toThrow("FORBIDDEN");
      const rotated = await sendAs(server, secret, ROTATE, { input: { tokenId: id } });
      expect(codeOf(rotated)).toBe("FORBIDDEN");
    }
  });
});

const ROTATE = `mutation($input: RotateTokenInput!) { rotateToken(input: $input) { secret token { id rotatedAt previousSecretEndsAt } errors { code path } } }`;
const REVOKE = `mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { token { status revokedBy { id } } errors { code path message } } }`;

describe("rotating a token", () => {
  it("gives a new secret of the same kind, beside which the old one counts for a while", async () => {
    const { id, secret: old } = await makeToken(server, { app: "shop", name: "rotating", kind: "SERVER" });
    const data = await server.send(ROTATE, { input: { tokenId: id, overlapSeconds: 60 } });
    const secret = server.read(data, "rotateToken.secret");
    expect(secret.startsWith(SECRET_PREFIXES.SERVER)).toBe(true);
    for (const each of [old, secret]) {
      expect(await readAs(server, each, VIEWER)).toMatchObject({ viewer: { id } });
    }
  });

  it("that is repeated tells no secret, and the first one counts on", async () => {
    const { id } = await makeToken(server, { app: "shop", name: "repeated", kind: "SERVER" });
    const input = { tokenId: id, commandId: "rotate-once" };
    const secret = server.read(await server.send(ROTATE, { input }), "rotateToken.secret");
    expect(await server.send(ROTATE, { input })).toMatchObject({ rotateToken: { secret: null, errors: [] } });
    expect(await readAs(server, secret, VIEWER)).toMatchObject({ viewer: { id } });
  });
});

describe("revoking a token", () => {
  it("ends it within a second of the answer, on this server and on another", async () => {
    const second = await startTestServer({ on: server });
    try {
      const { id, secret } = await makeToken(server, { app: "shop", name: "lost", kind: "SERVER" });
      for (const each of [server, second]) expect(await readAs(each, secret, VIEWER)).toBeDefined();
      const revoked = await server.send(REVOKE, { input: { tokenId: id, note: "lost" } });
      expect(revoked).toEqual({
        revokeToken: { token: { status: "REVOKED", revokedBy: { id: "admin" } }, errors: [] },
      });
      for (const each of [server, second]) {
        await until("the token has ended", async () => (await sendAs(each, secret, VIEWER)).status === 401);
      }
    } finally {
      await second.stop();
    }
  });

  it.each(["token_shop_nobody", "token_nowhere_nobody", "x"])(
    "that is not there says so: %s",
    async (tokenId) => {
      const unknown = await server.send(REVOKE, { input: { tokenId } });
      expect(unknown).toMatchObject({ revokeToken: { errors: [{ code: "NOT_FOUND", path: ["tokenId"] }] } });
    },
  );

  it("is refused for the last ADMIN of all apps", async () => {
    const refused = await server.send(REVOKE, { input: { tokenId: "token_instance_admin" } });
    expect(refused).toMatchObject({ revokeToken: { errors: [{ code: "WRONG_STATE", path: ["tokenId"] }] } });
    const { instance } = server.running.parts;
    expect((await instance.state(INSTANCE_STREAM)).state.adminToken?.isRevoked).toBe(false);
  });
});

describe("tokens", () => {
  const LIST = `query($status: TokenStatus) { app(slug: "other") { tokens(status: $status) {
    totalCount nodes { name kind role status environments expiresAt app { slug } createdBy { id } }
  } } }`;

  it("of an app are listed by name and status", async () => {
    const soon = new Date(server.clock.now().getTime() + 60_000).toISOString();
    await makeToken(server, { app: "other", name: "b", kind: "SERVER", expiresAt: soon });
    const gone = await makeToken(server, { app: "other", name: "c", kind: "SERVER" });
    await makeToken(server, { app: "other", name: "a", kind: "CLIENT", environment: "production" });
    await server.send(REVOKE, { input: { tokenId: gone.id } });
    const names = async (status: string | null) => {
      const nodes = server.read<{ name: string }[]>(await server.send(LIST, { status }), "app.tokens.nodes");
      return nodes.map(({ name }) => name);
    };
    expect(await names(null)).toEqual(["a", "b", "c"]);
    expect(await names("ACTIVE")).toEqual(["a", "b"]);
    expect(await names("REVOKED")).toEqual(["c"]);
    expect(await names("EXPIRED")).toEqual([]);
    expect(await server.send(LIST, { status: "ACTIVE" })).toMatchObject({
      app: {
        tokens: {
          totalCount: 2,
          nodes: [
            { name: "a", kind: "CLIENT", role: null, environments: ["production"], app: { slug: "other" } },
            { name: "b", kind: "SERVER", status: "ACTIVE", expiresAt: soon, createdBy: { id: "admin" } },
          ],
        },
      },
    });
  });

  it("of all apps are listed apart, the admin token among them", async () => {
    await makeToken(server, { name: "everywhere", kind: "SERVER" });
    const data = await server.send(`{ tokens { nodes { id name app { slug } } } }`);
    const tokens = server.read<{ id: string; name: string; app: null }[]>(data, "tokens.nodes");
    expect(tokens).toEqual([
      { id: "token_instance_admin", name: "admin", app: null },
      { id: expect.stringMatching(/^token_instance_/) as string, name: "everywhere", app: null },
    ]);
  });

  it("say when they were last used, once that is written down", async () => {
    const { id, secret } = await makeToken(server, { app: "shop", name: "used", kind: "SERVER" });
    const lastUsedAt = async () =>
      server.read<string | null>(
        await server.send(`query($id: ID!) { node(id: $id) { ... on Token { lastUsedAt } } }`, { id }),
        "node.lastUsedAt",
      );
    expect(await lastUsedAt()).toBeNull();
    const before = server.clock.now().toISOString();
    await readAs(server, secret, VIEWER);
    await until("the use is written down", async () => (await lastUsedAt()) !== null, 30_000);
    expect((await lastUsedAt()) ?? "").toMatch(/^\d{4}-/);
    expect(((await lastUsedAt()) ?? "") >= before).toBe(true);
  }, 40_000);

  it("show in no list, node or feed of those who may not administer", async () => {
    const { id } = await makeToken(server, { app: "shop", name: "hidden", kind: "SERVER" });
    const viewer = await makeToken(server, {
      app: "shop",
      name: "looking",
      kind: "PERSON",
      role: "PUBLISHER",
    });
    const service = await makeToken(server, { app: "shop", name: "following", kind: "SERVER" });
    const FEED = `{ changes(app: "shop", startAt: BEGINNING, first: 1000) { items { event { type entityKind subject } } } }`;
    const kindsFor = async (secret: string) => {
      const { changes } = await readAs<{ changes: { items: { event: { entityKind: string } }[] } }>(
        server,
        secret,
        FEED,
      );
      return [...new Set(changes.items.map(({ event }) => event.entityKind))].sort();
    };
    expect(await kindsFor(server.token)).toContain("Token");
    for (const { secret } of [viewer, service]) expect(await kindsFor(secret)).not.toContain("Token");
    const byId = `query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }`;
    expect(await readAs(server, viewer.secret, byId, { id })).toEqual({ node: null, nodes: [] });
    const listed = await sendAs(server, viewer.secret, `{ app(slug: "shop") { tokens { totalCount } } }`);
    expect(codeOf(listed)).toBe("FORBIDDEN");
  });
});
