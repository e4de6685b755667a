import { startTestServer, type TestServer } from "../support/wholeServer";
import { until } from "../support/until";

// The fourth part of the tour, document by document: users, and what they did.
const E = `errors { __typename code message path ... on InUseError { usedBy { __typename id name } } }`;

const LOYAL = {
  $performed: { event: "Charged", count: { $gte: 3 }, withinDays: 30, where: { amount: { $gt: 10 } } },
  $notPerformed: { event: "Refunded" },
};
const FAVOURITES = { event: "Viewed", property: "category", top: 2, withinDays: 30, fallback: ["shoes"] };
const USERS = ["u1", "u2", "u3", "u4"];

let server: TestServer;
const made: Record<string, string> = {};
beforeAll(async () => {
  server = await startTestServer();
  await server.send(
    `mutation { createApp(input: { slug: "shop", name: "Shop" }) { app { id } ${E} }
      createKey(input: { app: "shop", name: "greeting", type: STRING, defaultValue: "hello" }) { key { id } ${E} } }`,
  );
});
afterAll(() => server.stop());

const send = (document: string, variables?: Record<string, unknown>) => server.send(document, variables);
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
let events = 0;
const tracked = (userId: string, name: string, properties: object, at = daysAgo(0)) => ({
  ...{ id: `e-${(events += 1)}`, userId, name, at, properties },
});
const track = (...sent: object[]) =>
  send(
    `mutation($events: [UserEventInput!]!) { track(input: { app: "shop", events: $events }) { accepted duplicates ${E} } }`,
    { events: sent },
  );
const greetings = () =>
  Promise.all(
    USERS.map(async (id) => {
      const data = await send(
        `query($id: ID!) { evaluate(app: "shop", user: { id: $id }, keys: ["greeting"]) { object } }`,
        { id },
      );
      return server.read(data, "evaluate.object.greeting");
    }),
  );

describe("users and what they did", () => {
  it("are told of, each event once", async () => {
    const identified = await send(
      `mutation($users: [IdentifiedUserInput!]!) { identify(input: { app: "shop", users: $users }) { accepted ${E} } }`,
      { users: USERS.map((id) => ({ id, properties: { plan: "pro" } })) },
    );
    expect(identified).toEqual({ identify: { accepted: USERS.length, errors: [] } });
    const first = tracked("u1", "Charged", { amount: 20 }, daysAgo(29));
    expect(await track(first)).toEqual({ track: { accepted: 1, duplicates: 0, errors: [] } });
    expect(await track(first)).toEqual({ track: { accepted: 0, duplicates: 1, errors: [] } });
  });

  it("make a segment, which they come into and leave as they act", async () => {
    const created = await send(
      `mutation($loyal: JSON!) { createSegment(input: { app: "shop", name: "Loyal", condition: $loyal }) { segment { id } ${E} } }`,
      { loyal: LOYAL },
    );
    made["loyal"] = server.read(created, "createSegment.segment.id");
    const membership = async () => {
      const data = await send(
        `query($loyal: ID!) { segment(id: $loyal) { membership(user: { id: "u1" }) { isMember because } } }`,
        made,
      );
      return server.read<object>(data, "segment.membership");
    };
    await track(tracked("u1", "Charged", { amount: 10 }), tracked("u1", "Charged", { amount: 11 }));
    expect(await membership()).toEqual({
      isMember: false,
      because: expect.stringContaining("2 events count") as string,
    });
    await track(tracked("u1", "Charged", { amount: 12 }));
    expect(await membership()).toMatchObject({ isMember: true });
    const charges = ["u2", "u3"].flatMap((id) =>
      [1, 2, 3].map((day) => tracked(id, "Charged", { amount: 50 }, daysAgo(day))),
    );
    await track(...charges, tracked("u3", "Refunded", {}));
  });

  it("are counted, by a sample at once and exactly as a job", async () => {
    const sized = await send(
      `query($loyal: ID!) { segment(id: $loyal) { estimatedSize(environment: "production") { users percentage error } } }`,
      made,
    );
    expect(server.read(sized, "segment.estimatedSize")).toMatchObject({ users: 2, percentage: 50 });
    const started = await send(
      `mutation($loyal: ID!) { measureSegment(input: { segmentId: $loyal }) { job { id status progress result } ${E} } }`,
      made,
    );
    made["job"] = server.read(started, "measureSegment.job.id");
    await until("the job is done", async () => {
      const data = await send(`query($job: ID!) { job(id: $job) { status result } }`, made);
      const { status, result } = server.read<{ status: string; result: { users: number } }>(data, "job");
      return status === "DONE" && result.users === 2;
    });
  });

  it("would get other values, as many as do once it is published", async () => {
    const created = await send(
      `mutation($loyal: ID!) { createConfig(input: { app: "shop", name: "Greetings", keys: ["greeting"], rules: [{ segmentId: $loyal, values: [{ key: "greeting", value: "welcome back" }] }] }) { config { id } ${E} } }`,
      made,
    );
    made["config"] = server.read(created, "createConfig.config.id");
    const told = await send(
      `query($config: ID!) { whatIf(app: "shop", changes: [{ configId: $config, version: 1 }]) { users usersChanged transitions { key from to users } sample { user { id } } } }`,
      made,
    );
    expect(told).toMatchObject({
      whatIf: {
        ...{ users: 4, usersChanged: 2 },
        transitions: [{ key: "greeting", from: "hello", to: "welcome back", users: 2 }],
      },
    });
    expect(await greetings()).toEqual(["hello", "hello", "hello", "hello"]);
    await send(
      `mutation($config: ID!) { publishConfig(input: { configId: $config, version: 1 }) { config { id } ${E} } }`,
      made,
    );
    expect(await greetings()).toEqual(["welcome back", "welcome back", "hello", "hello"]);
    await track(tracked("u1", "Refunded", {}));
    expect(await greetings()).toEqual(["hello", "welcome back", "hello", "hello"]);
  });

  it("are recommended what they looked at most", async () => {
    await send(
      `mutation($spec: JSON!) { createKey(input: { app: "shop", name: "favourites", type: RECOMMENDATION, defaultValue: $spec }) { key { id } ${E} } }`,
      { spec: FAVOURITES },
    );
    await track(
      ...["hats", "bags", "coats", "bags", "coats"].map((category, index) =>
        tracked("u1", "Viewed", { category }, new Date(Date.now() - 10_000 + index).toISOString()),
      ),
    );
    const favourites = async (id: string) => {
      const data = await send(
        `query($id: ID!) { evaluate(app: "shop", user: { id: $id }, keys: ["favourites"]) { object } }`,
        { id },
      );
      return server.read<object>(data, "evaluate.object.favourites");
    };
    expect([await favourites("u1"), await favourites("u2")]).toEqual([["coats", "bags"], ["shoes"]]);
  });
});
