import "reflect-metadata";
import { BATCH_MAX, USER_ID_LENGTH_MAX, USER_PROPERTIES_MAX } from "../../src/audience/identify.policy";
import {
  PROPERTIES_BYTES_MAX,
  PROPERTIES_DEPTH_MAX,
  PROPERTY_LIST_MAX,
} from "../../src/audience/properties.policy";
import { EVENT_PROPERTIES_MAX, LATE_DAYS_MAX } from "../../src/audience/track.policy";
import { startTestServer, type TestServer } from "../support/wholeServer";
import { telling, type SentEvent } from "./telling";

// What nobody should send, sent over plain HTTP: each with its status, code, the path to what is wrong, and what to do.

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
});
afterAll(() => server.stop());

type Told = {
  code?: string;
  message: string;
  path?: string[];
  extensions?: { code: string; path?: string[] };
};
async function send(path: string, body: unknown) {
  const response = await fetch(`${server.address}/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${server.token}` },
    body: JSON.stringify(body),
  });
  const { errors } = (await response.json()) as { errors: Told[] };
  const [error] = errors;
  return {
    ...{ status: response.status, count: errors.length, message: error?.message },
    told: [error?.code ?? error?.extensions?.code, ...(error?.path ?? error?.extensions?.path ?? [])].join(
      " ",
    ),
  };
}
const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
const event = (more: SentEvent = {}): SentEvent => ({ id: "e", userId: "bad", name: "Charged", ...more });
const many = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, at]));
const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });

type Bad = readonly [what: string, sent: SentEvent, status: number, told: string, words: RegExp];
const badEvents: readonly Bad[] = [
  ["of tomorrow", { at: inDays(1) }, 422, "INVALID events 0 at", /5 minutes ahead; check the clock/],
  [
    "of 1970",
    { at: "1970-01-01T00:00:00Z" },
    422,
    "INVALID events 0 at",
    new RegExp(`within ${LATE_DAYS_MAX} days`),
  ],
  ["of the year 10,000", { at: "+010000-01-01T00:00:00Z" }, 400, "BAD_USER_INPUT input events 0 at", /./],
  ["with no name", { name: "" }, 422, "INVALID events 0 name", /name/],
  ["without a name", { name: undefined }, 400, "BAD_USER_INPUT input events 0", /name/],
  ["with an empty id", { id: "" }, 422, "INVALID events 0 id", /id/],
  [
    "with one property too many",
    { properties: many(EVENT_PROPERTIES_MAX + 1) },
    422,
    "INVALID events 0 properties",
    /at most 256 properties; this one has 257/,
  ],
  [
    "with too much in it",
    { properties: { text: "x".repeat(PROPERTIES_BYTES_MAX) } },
    422,
    "INVALID events 0 properties",
    /bytes/,
  ],
  ["of a megabyte", { properties: { text: "x".repeat(1_048_576) } }, 413, "LIMIT_EXCEEDED", /larger than/],
  [
    "nested 10 deep",
    { properties: nested(10) },
    422,
    `INVALID events 0 properties ${"a ".repeat(PROPERTIES_DEPTH_MAX).trim()}`,
    /deep|levels/,
  ],
  [
    "with a list that is too long",
    { properties: { all: Array.from({ length: PROPERTY_LIST_MAX + 1 }, () => 1) } },
    422,
    "INVALID events 0 properties all",
    /at most 100 values/,
  ],
  ["with properties that are a list", { properties: [] }, 422, "INVALID events 0 properties", /an object/],
  [
    "with a name that is an operator",
    { properties: { $gt: 1 } },
    422,
    "INVALID events 0 properties $gt",
    /\$/,
  ],
  ["of nobody", { userId: "" }, 422, "INVALID events 0 userId", /must not be empty/],
  [
    "of a user with too long an id",
    { userId: "u".repeat(USER_ID_LENGTH_MAX + 1) },
    422,
    "INVALID events 0 userId",
    /256/,
  ],
  [
    "of a user with half a character",
    { userId: "u\ud800" },
    400,
    "BAD_USER_INPUT input events 0 userId",
    /./,
  ],
];

describe("an event", () => {
  it.each(badEvents)("%s is refused", async (_what, sent, status, told, words) => {
    const answer = await send("track", { app: "shop", events: [event(sent)] });
    expect([answer.status, answer.told]).toEqual([status, told]);
    expect(answer.message).toMatch(words);
    expect(await telling("shop", server).shown("bad")).toBeNull();
  });

  it("of an id that stands for something else is refused, and the first stands", async () => {
    const tell = telling("shop", server);
    await tell.track([event({ userId: "twice", properties: { amount: 1 } })]);
    const again = await send("track", {
      app: "shop",
      events: [event({ userId: "twice", properties: { amount: 2 } })],
    });
    expect([again.status, again.told]).toEqual([422, "TAKEN events 0 id"]);
    expect((await tell.shown("twice"))?.events.nodes).toMatchObject([{ properties: { amount: 1 } }]);
  });

  it("too many in a batch are refused with all others, once", async () => {
    const events = Array.from({ length: BATCH_MAX + 1 }, (_, at) => event({ id: `e${at}` }));
    for (const partial of [false, true]) {
      const answer = await send("track", { app: "shop", events, partial });
      expect(answer).toMatchObject({ status: 422, count: 1, told: "INVALID events" });
    }
    expect(await telling("shop", server).shown("bad")).toBeNull();
  });
});

describe("a user", () => {
  const bad: readonly (readonly [string, object, number, string])[] = [
    ["with an empty id", { id: "" }, 422, "INVALID users 0 id"],
    ["with too long an id", { id: "u".repeat(USER_ID_LENGTH_MAX + 1) }, 422, "INVALID users 0 id"],
    [
      "with one property too many",
      { properties: many(USER_PROPERTIES_MAX + 1) },
      422,
      "INVALID users 0 properties",
    ],
    ["with no properties", { properties: null }, 400, "BAD_USER_INPUT input users 0 properties"],
    ["that is told of twice", { id: "first" }, 422, "INVALID users 1 id"],
  ];
  it.each(bad)("%s is refused, with all others", async (what, sent, status, told) => {
    const others = what === "that is told of twice" ? [{ id: "first", properties: {} }] : [];
    const users = [...others, { id: "bad", properties: {}, ...sent }];
    expect(await send("identify", { app: "shop", users })).toMatchObject({ status, told });
    expect(await telling("shop", server).shown("bad")).toBeNull();
  });

  it("has what was told last, of whatever type: conditions see a text where a number was", async () => {
    const tell = telling("shop", server);
    const made = await server.send(
      `mutation($condition: JSON!) { createSegment(input: { app: "shop", name: "Adults", condition: $condition }) { segment { id } } }`,
      { condition: { age: { $gte: 18 } } },
    );
    const id = server.read(made, "createSegment.segment.id");
    const isAdult = async () => {
      const data = await server.send(
        `query($id: ID!) { segment(id: $id) { membership(user: { id: "changing" }) { isMember } } }`,
        { id },
      );
      return server.read<boolean>(data, "segment.membership.isMember");
    };
    await tell.identify([{ id: "changing", properties: { age: 40 } }]);
    expect(await isAdult()).toBe(true);
    await tell.identify([{ id: "changing", properties: { age: "40" } }]);
    expect(await isAdult()).toBe(false);
  });
});

it("a segment of an event that nobody ever sent has nobody in it, and is no error", async () => {
  const made = await server.send(
    `mutation($condition: JSON!) { createSegment(input: { app: "shop", name: "Nobody", condition: $condition }) { segment { estimatedSize { users } } errors { code } } }`,
    { condition: { $performed: { event: "NeverSent" } } },
  );
  expect(server.read(made, "createSegment")).toEqual({
    segment: { estimatedSize: { users: 0 } },
    errors: [],
  });
});
