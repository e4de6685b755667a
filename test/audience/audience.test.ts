import "reflect-metadata";
import { USER_PROPERTIES_MAX } from "../../src/audience/identify.policy";
import { makeToken, sendAs } from "../access/tokens";
import { startTestServer, type TestServer } from "../support/wholeServer";

type Refusals = { code: string; path: string[]; message: string }[];
type Event = Record<string, unknown>;

const ERRORS = "errors { code path message }";
const USER = `query($app: String!, $id: String!, $environment: String! = "production", $first: Int! = 20, $after: String) {
  user(app: $app, environment: $environment, id: $id) {
    id properties
    events(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { id name at properties } }
  }
}`;

let first: TestServer;
let second: TestServer;
let apps = 0;
let app: string;

beforeAll(async () => {
  first = await startTestServer();
  second = await startTestServer({ on: first });
});
beforeEach(async () => {
  app = `shop-${apps++}`;
  await first.send(`mutation { createApp(input: { slug: "${app}", name: "Shop" }) { errors { code } } }`);
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

async function identify(users: object[], more: object = {}, at = first) {
  const data = await at.send(
    `mutation($input: IdentifyInput!) { identify(input: $input) { accepted ${ERRORS} } }`,
    { input: { app, users, ...more } },
  );
  return at.read<{ accepted: number | null; errors: Refusals }>(data, "identify");
}
async function track(events: Event[], more: object = {}, at = first) {
  const data = await at.send(
    `mutation($input: TrackInput!) { track(input: $input) { accepted duplicates ${ERRORS} } }`,
    { input: { app, events, ...more } },
  );
  return at.read<{ accepted: number | null; duplicates: number | null; errors: Refusals }>(data, "track");
}
type Shown = {
  id: string;
  properties: Record<string, unknown>;
  events: {
    totalCount: number;
    pageInfo: { hasNextPage: boolean; endCursor: string };
    nodes: { id: string; name: string; at: string; properties: unknown }[];
  };
} | null;
const shown = async (id: string, more: object = {}, at = first): Promise<Shown> =>
  at.read<Shown>(await at.send(USER, { app, id, ...more }), "user");
const propertiesOf = async (id: string, more: object = {}) => (await shown(id, more))?.properties;
const event = (id: string, more: Event = {}): Event => ({ id, userId: "u1", name: "Charged", ...more });
const ago = (ms: number): string => new Date(first.clock.now().getTime() - ms).toISOString();
const codes = ({ errors }: { errors: Refusals }) => errors.map(({ code, path }) => [code, path.join(".")]);

describe("identify", () => {
  it("puts properties over those that are known, and takes away what is null", async () => {
    expect(
      await identify([{ id: "u1", properties: { city: "Hamburg", age: 40, tags: ["a", "b"] } }]),
    ).toEqual({
      accepted: 1,
      errors: [],
    });
    await identify([
      { id: "u1", properties: { age: null, plan: "pro", address: { city: "Bremen", zip: null } } },
    ]);
    expect(await propertiesOf("u1")).toEqual({
      ...{ city: "Hamburg", tags: ["a", "b"], plan: "pro" },
      address: { city: "Bremen", zip: null },
    });
  });

  it("knows only what is told now with REPLACE", async () => {
    await identify([{ id: "u1", properties: { city: "Hamburg", age: 40 } }]);
    await identify([{ id: "u1", properties: { plan: "pro", age: null } }], { mode: "REPLACE" });
    expect(await propertiesOf("u1")).toEqual({ plan: "pro" });
  });

  it("gives back every value as it was sent", async () => {
    const properties = {
      ...{
        a: 0.1,
        b: 1e21,
        c: -0.5,
        d: 9007199254740991,
        e: "ü\u{1f600}\n",
        f: true,
        g: [1, "2", null, { h: [] }],
      },
      ...{ constructor: 1, i: "2026-01-05T10:00:00Z", "j k": { latitude: 52.5, longitude: 13.4 } },
    };
    await identify([{ id: "u1", properties }]);
    expect(await propertiesOf("u1")).toEqual(properties);
  });

  it("keeps users of environments and apps apart", async () => {
    await first.send(
      `mutation { createEnvironment(input: { app: "${app}", name: "staging" }) { errors { code } } }`,
    );
    await identify([{ id: "u1", properties: { city: "Hamburg" } }]);
    await identify([{ id: "u1", properties: { city: "Bremen" } }], { environment: "staging" });
    expect(await propertiesOf("u1")).toEqual({ city: "Hamburg" });
    expect(await propertiesOf("u1", { environment: "staging" })).toEqual({ city: "Bremen" });
    expect(await shown("u2")).toBeNull();
  });

  it("refuses a whole batch for one bad user, and says which", async () => {
    const answer = await identify([
      { id: "u1", properties: { city: "Hamburg" } },
      { id: "u2", properties: { $city: "Hamburg" } },
    ]);
    expect([answer.accepted, codes(answer)]).toEqual([null, [["INVALID", "users.1.properties.$city"]]]);
    expect(await shown("u1")).toBeNull();
  });

  it("refuses what would make a user have too much, and changes nobody then", async () => {
    const many = Object.fromEntries(Array.from({ length: USER_PROPERTIES_MAX }, (_, at) => [`p${at}`, 1]));
    await identify([{ id: "u1", properties: many }]);
    const answer = await identify([
      { id: "u2", properties: { a: 1 } },
      { id: "u1", properties: { more: 1 } },
    ]);
    expect(codes(answer)).toEqual([["LIMIT_REACHED", "users.1.properties"]]);
    expect([await shown("u2"), await propertiesOf("u1")]).toEqual([null, many]);
    // One taken away makes room for one.
    expect(codes(await identify([{ id: "u1", properties: { p0: null, more: 1 } }]))).toEqual([]);
  });

  it("loses nothing of what many tell of one user at once, through two servers", async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        identify([{ id: "u1", properties: { [`p${at}`]: at } }], {}, at % 2 ? first : second),
      ),
    );
    expect(Object.keys((await propertiesOf("u1")) ?? {})).toHaveLength(40);
  });

  it("refuses an app or an environment that is not there", async () => {
    const users = [{ id: "u1", properties: {} }];
    expect(codes(await identify(users, { app: "nowhere" }))).toEqual([["NOT_FOUND", "app"]]);
    expect(codes(await identify(users, { environment: "nowhere" }))).toEqual([["NOT_FOUND", "environment"]]);
  });
});

describe("track", () => {
  it("stores what users did, which is read the latest first, page by page", async () => {
    const events = [3, 1, 2].map((hours) =>
      event(`e${hours}`, { at: ago(hours * 3_600_000), properties: { amount: hours } }),
    );
    expect(await track(events)).toEqual({ accepted: 3, duplicates: 0, errors: [] });
    const page = (await shown("u1", { first: 2 }))?.events;
    expect(page).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    expect(page?.nodes.map(({ id, properties }) => [id, properties])).toEqual([
      ["e1", { amount: 1 }],
      ["e2", { amount: 2 }],
    ]);
    const rest = (await shown("u1", { first: 2, after: page?.pageInfo.endCursor }))?.events;
    expect(rest?.nodes.map(({ id }) => id)).toEqual(["e3"]);
    expect(rest?.pageInfo.hasNextPage).toBe(false);
  });

  it("counts an event once, however often and through whichever server it is sent", async () => {
    const events = [event("e1", { at: ago(1_000) }), event("e2", { userId: "u2" })];
    expect(await track(events)).toMatchObject({ accepted: 2, duplicates: 0 });
    // Without a time it is the same later on.
    expect(await track(events, {}, second)).toEqual({ accepted: 0, duplicates: 2, errors: [] });
    expect([(await shown("u1"))?.events.totalCount, (await shown("u2"))?.events.totalCount]).toEqual([1, 1]);
  });

  it("counts each once when many send the same ones at once, in any order, through two servers", async () => {
    const events = Array.from({ length: 30 }, (_, at) => event(`e${at}`, { userId: `u${at % 5}` }));
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        track(at % 3 ? events : [...events].reverse(), {}, at % 2 ? first : second),
      ),
    );
    expect(answers.reduce((sum, { accepted }) => sum + (accepted ?? 0), 0)).toBe(30);
    expect(answers.every(({ accepted, duplicates }) => (accepted ?? 0) + (duplicates ?? 0) === 30)).toBe(
      true,
    );
    expect((await shown("u3"))?.events.totalCount).toBe(6);
  });

  it("answers each of many requests at once for itself, though they are stored together", async () => {
    const other = { name: "Other" };
    await track([event("known")]);
    const answers = await Promise.all([
      track([event("new")]),
      track([event("known")]),
      track([event("known", other), event("beside a bad one")]),
      track([event("known", other), event("good")], { partial: true }),
      track([event("twice")]),
      track([event("twice")]),
    ]);
    const refused = ["TAKEN", "events.0.id"];
    expect(answers.map(codes)).toEqual([[], [], [refused], [refused], [], []]);
    const counts = answers.map(({ accepted, duplicates }) => [accepted, duplicates]);
    expect(counts.slice(0, 3)).toEqual([
      [1, 0],
      [0, 1],
      [null, null],
    ]);
    expect(counts[3]).toEqual([1, 0]);
    expect(counts.slice(4).toSorted()).toEqual([
      [0, 1],
      [1, 0],
    ]);
    const stored = (await shown("u1"))?.events.nodes.map(({ id }) => id).toSorted();
    expect(stored).toEqual(["good", "known", "new", "twice"]);
  });

  it("refuses an id that stands for something else, with all of its batch; the first stands", async () => {
    await track([event("e1", { at: ago(1_000), properties: { amount: 1 } })]);
    const answer = await track([event("e0"), event("e1", { at: ago(1_000), properties: { amount: 2 } })]);
    expect([answer.accepted, codes(answer)]).toEqual([null, [["TAKEN", "events.1.id"]]]);
    expect((await shown("u1"))?.events.nodes).toMatchObject([{ id: "e1", properties: { amount: 1 } }]);
  });

  it("takes the good ones of a batch with `partial`, and says what is wrong with each of the others", async () => {
    await track([event("e1", { name: "Refunded" })]);
    const answer = await track(
      [event("e0"), event("e1"), event("e2", { at: ago(-3_600_000) }), event("e0"), event("e3")],
      { partial: true },
    );
    expect(answer).toMatchObject({ accepted: 2, duplicates: 1 });
    expect(codes(answer)).toEqual([
      ["INVALID", "events.2.at"],
      ["TAKEN", "events.1.id"],
    ]);
  });

  it("refuses everything of a batch for one bad event", async () => {
    const answer = await track([event("e0"), event("e1", { name: "" })]);
    expect([answer.accepted, codes(answer)]).toEqual([null, [["INVALID", "events.1.name"]]]);
    expect(await shown("u1")).toBeNull();
  });

  it("goes on in months for which nothing was prepared", async () => {
    const later = await startTestServer({
      on: first,
      clock: { now: () => new Date("2031-05-31T23:59:00Z"), set: () => undefined },
    });
    const events = [event("e1", { at: "2031-06-01T00:03:00Z" }), event("e2", { at: "2031-05-02T00:00:00Z" })];
    expect(await track(events, {}, later)).toMatchObject({ accepted: 2, errors: [] });
    await later.stop();
  });
});

describe("a token", () => {
  const TRACK = `mutation($input: TrackInput!) { track(input: $input) { accepted ${ERRORS} } }`;

  it("of a CLIENT tells of one user at a time, in its environment", async () => {
    const { secret } = await makeToken(first, {
      app,
      name: "web",
      kind: "CLIENT",
      environment: "production",
    });
    const send = async (input: object) => {
      const { data } = await sendAs(first, secret, TRACK, { input: { app, ...input } });
      return first.read<{ accepted: number | null; errors: Refusals }>(data, "track");
    };
    expect(await send({ events: [event("e1"), event("e2")] })).toMatchObject({ accepted: 2 });
    const two = await send({ events: [event("e3"), event("e3", { userId: "u2" })], partial: true });
    expect([two.accepted, codes(two)]).toEqual([null, [["INVALID", "events"]]]);
    expect(codes(await send({ events: [event("e4")], environment: "staging" }))).toEqual([
      ["NOT_FOUND", "environment"],
    ]);
  });
});

describe("eraseUser", () => {
  const ERASE = `mutation($input: EraseUserInput!) {
    eraseUser(input: $input) { receipt { environments events lists } ${ERRORS} }
  }`;
  const erase = async (userId: string, more: object = {}) => {
    const data = await first.send(ERASE, { input: { app, userId, ...more } });
    return first.read<{ receipt: object | null; errors: Refusals }>(data, "eraseUser");
  };

  it("forgets properties, events and the id in every list, of this user alone", async () => {
    await identify(["u1", "u2"].map((id) => ({ id, properties: { city: "Hamburg" } })));
    await track([event("e1"), event("e2"), event("e3", { userId: "u2" })]);
    await first.send(
      `mutation { setTestUsers(input: { app: "${app}", userIds: ["u1", "u2"] }) { errors { code } } }`,
    );
    expect(await erase("u1")).toEqual({ receipt: { environments: 1, events: 2, lists: 1 }, errors: [] });
    expect(await shown("u1")).toBeNull();
    expect(await shown("u2")).toMatchObject({ events: { totalCount: 1 } });
    const users = await first.send(`{ app(slug: "${app}") { testUsers { nodes { id } } } }`);
    expect(first.read(users, "app.testUsers.nodes")).toEqual([{ id: "u2" }]);
    expect(await erase("u1")).toEqual({ receipt: { environments: 0, events: 0, lists: 0 }, errors: [] });
  });

  it("leaves nothing half when the user is being tracked meanwhile", async () => {
    const events = Array.from({ length: 20 }, (_, at) => event(`e${at}`));
    await Promise.all([
      ...events.map((each, at) => track([each], {}, at % 2 ? first : second)),
      erase("u1"),
      erase("u1"),
    ]);
    const left = await shown("u1");
    await erase("u1");
    // What came after it is a user of whom nothing older is known.
    expect(left === null || left.events.totalCount <= 20).toBe(true);
    expect(await shown("u1")).toBeNull();
  });

  it("refuses an id that is none", async () => {
    expect(codes(await erase(""))).toEqual([["INVALID", "userId"]]);
    expect(codes(await erase("u1", { app: "nowhere" }))).toEqual([["NOT_FOUND", "app"]]);
  });
});
