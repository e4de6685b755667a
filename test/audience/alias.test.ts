import "reflect-metadata";
import { ALIASES_MAX } from "../../src/audience/alias.policy";
import { USER_PROPERTIES_MAX } from "../../src/audience/identify.policy";
import { createDatabase } from "../../src/postgres/pool";
import { makeToken, sendAs } from "../access/tokens";
import { startTestServer, type TestServer } from "../support/wholeServer";
import { codes, ERRORS, telling, type SentEvent } from "./telling";

let first: TestServer;
let second: TestServer;
let apps = 0;
let app: string;
let tell: ReturnType<typeof telling>;

beforeAll(async () => {
  first = await startTestServer();
  second = await startTestServer({ on: first });
});
beforeEach(async () => {
  app = `shop-${apps++}`;
  tell = telling(app, first);
  await first.send(`mutation { createApp(input: { slug: "${app}", name: "Shop" }) { errors { code } } }`);
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

const event = (id: string, userId: string, more: SentEvent = {}): SentEvent => ({
  ...{ id, userId, name: "Charged" },
  ...more,
});
const idsOf = async (userId: string) => (await tell.shown(userId))?.events.nodes.map(({ id }) => id).sort();

describe("alias", () => {
  it("joins what is known of both, and what is known of the known user wins", async () => {
    await tell.identify([
      { id: "anon", properties: { city: "Hamburg", plan: "free" } },
      { id: "u1", properties: { plan: "pro" } },
    ]);
    await tell.track([event("e1", "anon"), event("e2", "anon"), event("e3", "u1")]);
    expect(await tell.alias("anon", "u1")).toEqual({ joinedEvents: 2, droppedEvents: 0, errors: [] });
    const user = await tell.shown("u1");
    expect(user).toMatchObject({ id: "u1", aliases: ["anon"], properties: { city: "Hamburg", plan: "pro" } });
    expect(await idsOf("u1")).toEqual(["e1", "e2", "e3"]);
    expect(await tell.shown("anon")).toEqual(user);
  });

  it("lets what is told at once by several ids of a user count once", async () => {
    await tell.alias("anon", "u1");
    const answers = await Promise.all(
      ["anon", "u1", "anon", "u1"].map((userId) => tell.track([event("e1", userId)])),
    );
    expect(answers.map(({ accepted, duplicates }) => [accepted, duplicates]).toSorted()).toEqual([
      ...[
        [0, 1],
        [0, 1],
        [0, 1],
      ],
      [1, 0],
    ]);
    expect(await idsOf("u1")).toEqual(["e1"]);
  });

  it("makes users of whom nothing was known", async () => {
    expect(codes(await tell.alias("anon", "u1"))).toEqual([]);
    expect(await tell.shown("u1")).toMatchObject({ aliases: ["anon"], properties: {} });
  });

  it("leaves out events whose ids the user has, and says how many", async () => {
    await tell.track([
      event("e1", "anon", { name: "Seen" }),
      event("e2", "anon"),
      event("e1", "u1", { name: "Charged" }),
    ]);
    expect(await tell.alias("anon", "u1")).toMatchObject({ joinedEvents: 1, droppedEvents: 1 });
    expect((await tell.shown("u1"))?.events.nodes.find(({ id }) => id === "e1")).toMatchObject({
      name: "Charged",
    });
  });

  it("lets what is told of the earlier id later be told of the user, each event once", async () => {
    await tell.track([event("e1", "anon")]);
    await tell.alias("anon", "u1");
    await tell.identify([
      { id: "anon", properties: { city: "Hamburg", age: 40 } },
      { id: "u1", properties: { age: null, plan: "pro" } },
    ]);
    expect(await tell.track([event("e1", "anon"), event("e2", "anon"), event("e2", "u1")])).toMatchObject({
      ...{ accepted: 1, duplicates: 2 },
    });
    expect(codes(await tell.track([event("e3", "anon"), event("e3", "u1", { name: "Other" })]))).toEqual([
      ["TAKEN", "events.1.id"],
    ]);
    expect(await tell.shown("u1")).toMatchObject({ properties: { city: "Hamburg", plan: "pro" } });
    expect(await idsOf("u1")).toEqual(["e1", "e2"]);
  });

  it("changes nothing the second time", async () => {
    await tell.track([event("e1", "anon")]);
    await tell.alias("anon", "u1");
    expect(await tell.alias("anon", "u1")).toEqual({ joinedEvents: 0, droppedEvents: 0, errors: [] });
    expect((await tell.shown("u1"))?.aliases).toEqual(["anon"]);
  });

  it("is refused for who became, or is, somebody else", async () => {
    await tell.alias("anon", "u1");
    expect(codes(await tell.alias("anon", "u2"))).toEqual([["TAKEN", "anonymousId"]]);
    expect(codes(await tell.alias("u1", "u2"))).toEqual([["TAKEN", "anonymousId"]]);
    expect(codes(await tell.alias("other", "anon"))).toEqual([["TAKEN", "userId"]]);
    expect(codes(await tell.alias("u1", "u1"))).toEqual([["INVALID", "anonymousId"]]);
    expect(codes(await tell.alias("", "x".repeat(257)))).toEqual([
      ["INVALID", "anonymousId"],
      ["INVALID", "userId"],
    ]);
    expect(await tell.shown("u2")).toBeNull();
  });

  it("is refused where a user would have too much, and changes nothing then", async () => {
    const many = (prefix: string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`${prefix}${at}`, 1]));
    await tell.identify([
      { id: "u1", properties: many("a", USER_PROPERTIES_MAX - 1) },
      { id: "anon", properties: many("b", 2) },
    ]);
    expect(codes(await tell.alias("anon", "u1"))).toEqual([["LIMIT_REACHED", ""]]);
    expect(await tell.shown("anon")).toMatchObject({ id: "anon", properties: many("b", 2) });
    await Promise.all(Array.from({ length: ALIASES_MAX }, (_, at) => tell.alias(`anon-${at}`, "u2")));
    expect(codes(await tell.alias("one-more", "u2"))).toEqual([["LIMIT_REACHED", "userId"]]);
    // A repeat is none more.
    expect(codes(await tell.alias("anon-7", "u2"))).toEqual([]);
  });

  it("carries over more events than go into one statement", async () => {
    for (let batch = 0; batch < 6; batch += 1) {
      await tell.track(Array.from({ length: 1_000 }, (_, at) => event(`e${batch}-${at}`, "anon")));
    }
    expect(await tell.alias("anon", "u1")).toMatchObject({ joinedEvents: 6_000, droppedEvents: 0 });
    expect((await tell.shown("u1"))?.events.totalCount).toBe(6_000);
  });

  it("loses and doubles nothing of what is told of both ids meanwhile, through two servers", async () => {
    for (let round = 0; round < 5; round += 1) {
      const [anonymous, user] = [`anon-${round}`, `u-${round}`];
      const answers = await Promise.all([
        ...Array.from({ length: 20 }, (_, at) =>
          tell.track(
            [event(`e${at}`, at % 2 ? anonymous : user), event(`f${at}`, anonymous)],
            {},
            at % 3 ? first : second,
          ),
        ),
        tell.alias(anonymous, user, second),
        tell.alias(anonymous, user, first),
      ]);
      expect(answers.flatMap(codes)).toEqual([]);
      expect((await tell.shown(user))?.events.totalCount).toBe(40);
    }
    expect(await rowsWithoutUser(first)).toBe(0);
  });

  it("lets one of two be the other, and not both each other", async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b] = [`a-${round}`, `b-${round}`];
      await tell.track([event("e1", a), event("e2", b)]);
      const answers = await Promise.all([tell.alias(a, b), tell.alias(b, a, second)]);
      expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
      expect((await tell.shown(a))?.events.totalCount).toBe(2);
    }
  });

  it("is not for clients", async () => {
    const { secret } = await makeToken(first, {
      app,
      name: "web",
      kind: "CLIENT",
      environment: "production",
    });
    const { data } = await sendAs(
      ...([first, secret, `mutation($input: AliasInput!) { alias(input: $input) { ${ERRORS} } }`] as const),
      { input: { app, anonymousId: "victim", userId: "me" } },
    );
    expect(codes(first.read(data, "alias"))).toEqual([["INVALID", ""]]);
  });
});

/** Events and aliases whose user is not there. */
async function rowsWithoutUser({ databaseUrl }: TestServer): Promise<number> {
  const database = createDatabase(databaseUrl, { connectionsMax: 1 });
  const [row] = await database
    .query<{ count: number }>(
      `select (select count(*) from audience.events where user_key not in (select user_key from audience.users))
            + (select count(*) from audience.users where alias_of not in (select user_key from audience.users)) as count`,
    )
    .finally(() => database.close());
  return row?.count ?? -1;
}

describe("eraseUser and alias", () => {
  it("forgets a user under all ids, whichever is named", async () => {
    for (const named of ["u1", "anon", "phone"]) {
      await tell.track([event("e1", "anon"), event("e2", "u1")]);
      await tell.alias("anon", "u1");
      await tell.alias("phone", "u1");
      const { receipt } = await tell.erase(named);
      expect({ ...receipt, ids: [...(receipt?.ids ?? [])].sort() }).toEqual({
        ...{ ids: ["anon", "phone", "u1"], environments: 1, events: 2, lists: 0 },
      });
      expect(receipt?.ids[0]).toBe(named);
      expect([await tell.shown("u1"), await tell.shown("anon")]).toEqual([null, null]);
    }
    // Nothing of it stands any more: the same id may become somebody else.
    expect(codes(await tell.alias("anon", "u2"))).toEqual([]);
  });

  it("leaves nothing half when users are told of, joined and erased at once, through two servers", async () => {
    for (let round = 0; round < 8; round += 1) {
      const [anonymous, user] = [`anon-${round}`, `u-${round}`];
      const answers = await Promise.all([
        ...Array.from({ length: 12 }, (_, at) =>
          tell.track([event(`e${at}`, at % 2 ? anonymous : user)], {}, at % 3 ? first : second),
        ),
        tell.alias(anonymous, user, second),
        tell.erase(user),
        tell.erase(anonymous, second),
        tell.identify([{ id: user, properties: { round } }], {}, second),
      ]);
      expect(answers.flatMap(codes)).toEqual([]);
      expect(await rowsWithoutUser(first)).toBe(0);
      await tell.erase(user);
      await tell.erase(anonymous);
      expect([await tell.shown(user), await tell.shown(anonymous)]).toEqual([null, null]);
    }
    expect(await rowsWithoutUser(first)).toBe(0);
  });
});

describe("conditions", () => {
  it("see of an earlier id what is known of the user, and count the user once", async () => {
    const made = await first.send(
      `mutation { createSegment(input: { app: "${app}", name: "Loyal", condition: { plan: "pro" } }) { segment { id } } }`,
    );
    const id = first.read(made, "createSegment.segment.id");
    const see = (userId: string) =>
      first.send(
        `query($id: ID!, $userId: ID!) { segment(id: $id) { membership(user: { id: $userId }) { isMember hasStoredUser } estimatedSize { users } } }`,
        { id, userId },
      );
    await tell.identify([{ id: "u1", properties: { plan: "pro" } }]);
    const member = async (userId: string) =>
      first.read<boolean>(await see(userId), "segment.membership.isMember");
    expect(await member("anon")).toBe(false);
    await tell.alias("anon", "u1");
    expect(await member("anon")).toBe(true);
    expect(first.read(await see("u1"), "segment.estimatedSize.users")).toBe(1);
    await tell.identify([{ id: "u1", properties: { plan: "free" } }]);
    expect(await member("anon")).toBe(false);
  });
});
