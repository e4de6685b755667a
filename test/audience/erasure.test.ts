import "reflect-metadata";
import { LISTS_FOLLOWED_EVERY_MS } from "../../src/audience/loadedLists";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";
import { telling } from "./telling";

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
  await first.send(
    `mutation {
      createApp(input: { slug: "${app}", name: "Shop" }) { errors { code } }
      createKey(input: { app: "${app}", name: "greeting", type: STRING, defaultValue: "hello" }) { errors { code } }
    }`,
  );
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

/** A published greeting for those whose ids a segment lists. */
async function publishFor(ids: string[]): Promise<string> {
  const made = await first.send(
    `mutation($condition: JSON!) { createSegment(input: { app: "${app}", name: "Guests", condition: $condition }) { segment { id } } }`,
    { condition: { $userIn: ids } },
  );
  const id = first.read(made, "createSegment.segment.id");
  const config = await first.send(
    `mutation($id: ID!) { createConfig(input: { app: "${app}", name: "Greetings", keys: ["greeting"], rules: [{ segmentId: $id, values: [{ key: "greeting", value: "welcome back" }] }] }) { config { id } } }`,
    { id },
  );
  await first.send(
    `mutation($id: ID!) { publishConfig(input: { configId: $id, version: 1 }) { errors { message } } }`,
    { id: first.read(config, "createConfig.config.id") },
  );
  return id;
}
async function greeting(id: string, at = first, more = ""): Promise<string> {
  const data = await at.send(
    `query($id: ID!) { evaluate(app: "${app}", user: { id: $id } ${more}) { object } }`,
    { id },
  );
  return at.read(data, "evaluate.object.greeting");
}

describe("an erased id", () => {
  it("is in no list in memory any more: here at once, on other servers within a second or so", async () => {
    await publishFor(["u1", "u2"]);
    const past = `asOf: "${await first.timeOfLastChange(app)}"`;
    expect([await greeting("u1"), await greeting("u1", second)]).toEqual(["welcome back", "welcome back"]);
    expect(await greeting("u1", first, past)).toBe("welcome back");
    expect((await tell.erase("u1")).receipt).toMatchObject({ ids: ["u1"], lists: 1 });
    expect(await greeting("u1")).toBe("hello");
    expect(await greeting("u1", first, past)).toBe("hello");
    await until("the other server forgets", async () => (await greeting("u1", second)) === "hello");
    expect([await greeting("u2"), await greeting("u2", second)]).toEqual(["welcome back", "welcome back"]);
    expect(LISTS_FOLLOWED_EVERY_MS).toBeLessThanOrEqual(1_000);
  });

  it("is in them again when somebody saves the same list again", async () => {
    const id = await publishFor(["u1", "u2"]);
    await greeting("u1", second);
    await tell.erase("u1");
    await until("both forget", async () => (await greeting("u1", second)) === "hello");
    await first.send(
      `mutation($id: ID!, $condition: JSON!) { editSegment(input: { segmentId: $id, condition: $condition, description: "again" }) { errors { message } } }`,
      { id, condition: { $userIn: ["u1", "u2"] } },
    );
    await until("both know", async () =>
      [await greeting("u1"), await greeting("u1", second)].every((each) => each === "welcome back"),
    );
  });
});

describe("exportUser", () => {
  const EXPORT = `query($app: String!, $id: String!) {
    exportUser(app: $app, id: $id) {
      ids lists
      environments { environment user { id aliases properties events(first: 1) { totalCount nodes { id } pageInfo { hasNextPage } } } }
    }
  }`;
  const exported = async (id: string, of = app) =>
    first.read(await first.send(EXPORT, { app: of, id }), "exportUser");

  it("has all that is stored of a user, in all environments, under all ids", async () => {
    await first.send(
      `mutation { createEnvironment(input: { app: "${app}", name: "staging" }) { errors { code } } }`,
    );
    await publishFor(["u1", "u2"]);
    await tell.identify([{ id: "u1", properties: { city: "Hamburg" } }]);
    await tell.identify([{ id: "u1", properties: { city: "Bremen" } }], { environment: "staging" });
    await tell.track([{ id: "e2", userId: "u1", name: "Charged" }]);
    await tell.track([{ id: "e1", userId: "anon", name: "Seen" }]);
    await tell.alias("anon", "u1");
    expect(await exported("anon")).toEqual({
      ids: ["anon", "u1"],
      lists: [expect.stringMatching(/^[0-9a-f]{64}$/)],
      environments: [
        {
          environment: "production",
          user: {
            ...{ id: "u1", aliases: ["anon"], properties: { city: "Hamburg" } },
            events: { totalCount: 2, nodes: [{ id: "e1" }], pageInfo: { hasNextPage: true } },
          },
        },
      ],
    });
    expect(await exported("u1")).toMatchObject({
      environments: [{}, { environment: "staging", user: { properties: { city: "Bremen" }, aliases: [] } }],
    });
  });

  it("has nothing of who was erased, and is null of an app that is not there", async () => {
    await tell.identify([{ id: "u1", properties: { city: "Hamburg" } }]);
    await tell.erase("u1");
    expect(await exported("u1")).toEqual({ ids: ["u1"], lists: [], environments: [] });
    expect(await exported("u1", "nowhere")).toBeNull();
  });
});
