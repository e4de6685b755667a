import "reflect-metadata";
import { until } from "../support/until";
import { testClock, startTestServer, type TestClock, type TestServer } from "../support/wholeServer";

const DAY_MS = 86_400_000;

let clock: TestClock;
let first: TestServer;
let second: TestServer;
let apps = 0;
let app: string;

beforeAll(async () => {
  clock = testClock();
  first = await startTestServer({ clock });
  second = await startTestServer({ on: first });
});
beforeEach(async () => {
  app = `shop-${apps++}`;
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

/** A segment that gets "welcome back", and is published. */
async function publishFor(condition: object): Promise<string> {
  const made = await first.send(
    `mutation($condition: JSON!) { createSegment(input: { app: "${app}", name: "Loyal", condition: $condition }) { segment { id } errors { message } } }`,
    { condition },
  );
  const id = first.read(made, "createSegment.segment.id");
  const config = await first.send(
    `mutation($id: ID!) { createConfig(input: { app: "${app}", name: "Greetings", keys: ["greeting"], rules: [{ segmentId: $id, values: [{ key: "greeting", value: "welcome back" }] }] }) { config { id } errors { message } } }`,
    { id },
  );
  await first.send(
    `mutation($id: ID!) { publishConfig(input: { configId: $id, version: 1 }) { errors { message } } }`,
    { id: first.read(config, "createConfig.config.id") },
  );
  return id;
}
let events = 0;
const track = (name: string, more: object = {}, at = first) =>
  at.send(`mutation($input: TrackInput!) { track(input: $input) { accepted errors { message } } }`, {
    input: { app, events: [{ id: `e${events++}`, userId: "u1", name, ...more }] },
  });
const identify = (properties: object, at = first) =>
  at.send(`mutation($input: IdentifyInput!) { identify(input: $input) { accepted errors { message } } }`, {
    input: { app, users: [{ id: "u1", properties }] },
  });
type Evaluated = { object: { greeting: string }; hasStoredUser: boolean };
async function evaluated(at = first, more = "", properties: object = {}): Promise<Evaluated> {
  const data = await at.send(
    `query($properties: JSON) { evaluate(app: "${app}", user: { id: "u1", properties: $properties } ${more}) { object hasStoredUser } }`,
    { properties },
  );
  return at.read<Evaluated>(data, "evaluate");
}
const greeting = async (at = first, more = "", properties: object = {}) =>
  (await evaluated(at, more, properties)).object.greeting;
const ago = (ms: number): string => new Date(clock.now().getTime() - ms).toISOString();

describe("a segment of what users did", () => {
  const LOYAL = {
    $performed: { event: "Charged", count: { $gte: 3 }, withinDays: 30, where: { amount: { $gt: 10 } } },
    $notPerformed: { event: "Refunded" },
  };

  it("has users as they act, and loses them as time goes by", async () => {
    const id = await publishFor(LOYAL);
    const membership = async () => {
      const data = await first.send(
        `query($id: ID!) { segment(id: $id) { membership(user: { id: "u1" }) { isMember because hasStoredUser } } }`,
        { id },
      );
      return first.read<{ isMember: boolean; because: string }>(data, "segment.membership");
    };
    await track("Charged", { properties: { amount: 11 }, at: ago(29 * DAY_MS) });
    await track("Charged", { properties: { amount: 10 } });
    await track("Charged", { properties: { amount: 12 } });
    expect(await greeting()).toBe("hello");
    expect(await membership()).toEqual({
      isMember: false,
      because: `not performed "Charged" at least 3 times in the last 30 days where amount is more than 10 (2 events count)`,
      hasStoredUser: true,
    });
    await track("Charged", { properties: { amount: 13 } });
    expect(await evaluated()).toEqual({ object: { greeting: "welcome back" }, hasStoredUser: true });
    expect(await membership()).toMatchObject({ isMember: true });
    // A day later the first of them is too old.
    clock.set(new Date(clock.now().getTime() + DAY_MS + 60_000).toISOString());
    expect(await greeting()).toBe("hello");
    await track("Charged", { properties: { amount: 20 } });
    expect(await greeting()).toBe("welcome back");
    await track("Refunded");
    expect(await greeting()).toBe("hello");
  });

  it("has them on the other server a moment later", async () => {
    await publishFor(LOYAL);
    expect([await greeting(first), await greeting(second)]).toEqual(["hello", "hello"]);
    for (let count = 0; count < 3; count += 1) await track("Charged", { properties: { amount: 11 } });
    await until("the other server knows", async () => (await greeting(second)) === "welcome back");
  });

  it("goes by the clocks of the app's time zone, and by others once that is changed", async () => {
    await publishFor({ $performed: { event: "Opened", timeOfDay: { from: "08:00", until: "09:00" } } });
    const day = ago(DAY_MS).slice(0, 10);
    await track("Opened", { at: `${day}T02:30:00.000Z` });
    expect([await greeting(first), await greeting(second)]).toEqual(["hello", "hello"]);
    await first.send(
      `mutation { updateAppSettings(input: { app: "${app}", timeZone: "Asia/Kolkata" }) { errors { message } } }`,
    );
    expect(await greeting()).toBe("welcome back");
    await until("the other server knows", async () => (await greeting(second)) === "welcome back");
  });

  it("has nobody of whom nothing is stored", async () => {
    await publishFor(LOYAL);
    expect(await evaluated()).toEqual({ object: { greeting: "hello" }, hasStoredUser: false });
  });

  it("is explained by how much counts", async () => {
    await publishFor(LOYAL);
    await track("Charged", { properties: { amount: 11 } });
    const data = await first.send(
      `{ explain(app: "${app}", key: "greeting", user: { id: "u1" }) { steps { outcome because } hasStoredUser } }`,
    );
    expect(first.read(data, "explain")).toMatchObject({
      steps: [{ outcome: "NOT_MATCHED", because: expect.stringContaining("(1 event counts)") as string }, {}],
      hasStoredUser: true,
    });
  });
});

describe("a recommendation", () => {
  const SPEC = { event: "Viewed", property: "category", top: 2, withinDays: 30, fallback: ["shoes"] };

  it("is what the user looked at most, in the words of the explanation too", async () => {
    await first.send(
      `mutation($spec: JSON!) { createKey(input: { app: "${app}", name: "favourites", type: RECOMMENDATION, defaultValue: $spec }) { errors { message } } }`,
      { spec: SPEC },
    );
    const favourites = async () => {
      const data = await first.send(
        `{ explain(app: "${app}", key: "favourites", user: { id: "u1" }) { value steps { because } } }`,
      );
      return first.read<{ value: string[]; steps: { because: string }[] }>(data, "explain");
    };
    expect((await favourites()).value).toEqual(["shoes"]);
    for (const category of ["hats", "bags", "coats", "bags", "coats"]) {
      await track("Viewed", { properties: { category } });
    }
    expect(await favourites()).toEqual({
      value: ["coats", "bags"],
      steps: [
        {
          because:
            'nothing that is published sets this key, so it has its default value; category of "Viewed" in the last 30 days: "coats" 2 times, "bags" 2 times, "hats" 1 time',
        },
      ],
    });
    const data = await first.send(
      `{ evaluate(app: "${app}", user: { id: "u1" }, keys: ["favourites"]) { object } }`,
    );
    expect(first.read(data, "evaluate.object")).toEqual({ favourites: ["coats", "bags"] });
  });

  it("is refused without a fallback, and says what is missing", async () => {
    const spec = { ...SPEC, fallback: undefined };
    const data = await first.send(
      `mutation($spec: JSON!) { createKey(input: { app: "${app}", name: "favourites", type: RECOMMENDATION, defaultValue: $spec }) { errors { code message path } } }`,
      { spec },
    );
    expect(first.read(data, "createKey.errors")).toEqual([
      {
        code: "INVALID",
        message: expect.stringContaining('must have a "fallback"') as string,
        path: ["defaultValue"],
      },
    ]);
  });
});

describe("what is stored of a user", () => {
  it("counts where a call does not bring it, and the call's own wins", async () => {
    await publishFor({ plan: "pro" });
    expect(await greeting()).toBe("hello");
    await identify({ plan: "pro" });
    expect(await greeting()).toBe("welcome back");
    expect(await greeting(first, "", { plan: "free" })).toBe("hello");
    expect(await greeting(first, "", { plan: null })).toBe("hello");
    await until("the other server knows", async () => (await greeting(second)) === "welcome back");
    await identify({ plan: null }, second);
    await until("this server knows", async () => (await greeting(first)) === "hello");
  });

  it("is not looked at where no rule asks for it", async () => {
    await publishFor({ id: "u1" });
    await identify({ plan: "pro" });
    expect(await evaluated()).toEqual({ object: { greeting: "welcome back" }, hasStoredUser: false });
  });

  it("is that of now as of the past, and the answer says so", async () => {
    await publishFor({ plan: "pro" });
    const before = await first.timeOfLastChange(app);
    await identify({ plan: "pro" });
    expect(await evaluated(first, `asOf: "${before}"`)).toEqual({
      object: { greeting: "welcome back" },
      hasStoredUser: true,
    });
  });

  it("is forgotten at once when the user is erased", async () => {
    await publishFor({ plan: "pro" });
    await identify({ plan: "pro" });
    expect(await greeting()).toBe("welcome back");
    await first.send(`mutation { eraseUser(input: { app: "${app}", userId: "u1" }) { errors { code } } }`);
    expect(await evaluated()).toEqual({ object: { greeting: "hello" }, hasStoredUser: false });
  });
});
