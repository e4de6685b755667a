import {
  BATCH_MAX,
  identifyFaults,
  USER_ID_LENGTH_MAX,
  USER_PROPERTIES_MAX,
} from "../../src/audience/identify.policy";
import {
  PROPERTIES_BYTES_MAX,
  PROPERTIES_DEPTH_MAX,
  PROPERTY_LIST_MAX,
  PROPERTY_NAME_LENGTH_MAX,
} from "../../src/audience/properties.policy";
import {
  checkEvents,
  EARLY_MINUTES_MAX,
  EVENT_ID_LENGTH_MAX,
  EVENT_PROPERTIES_MAX,
  LATE_DAYS_MAX,
  type SentEvent,
} from "../../src/audience/track.policy";
import { EVENT_NAME_LENGTH_MAX } from "../../src/evaluation/conditionLimits";
import type { Json } from "../../src/lib/json";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const event = (more: Partial<SentEvent> = {}): SentEvent => ({
  ...{ id: "e1", userId: "u1", name: "Charged", at: null, properties: {} },
  ...more,
});
const at = (ms: number): string => new Date(NOW + ms).toISOString();
const paths = (...sent: SentEvent[]) => checkEvents(sent, NOW).refusals.map(({ path }) => path.join("."));
const named = (count: number): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 1]));
const nested = (depth: number): Json => (depth === 0 ? 1 : { deeper: nested(depth - 1) });

describe("an event", () => {
  it("is stored with its time and with its properties in one order", () => {
    const sent = event({ at: at(-1_000), properties: { b: 1, a: [2] } });
    expect(checkEvents([sent], NOW).events).toEqual([
      { index: 0, event: { ...sent, isTimed: true, properties: '{"a":[2],"b":1}' } },
    ]);
  });

  it("without a time happens now", () =>
    expect(checkEvents([event()], NOW).events[0]?.event).toMatchObject({ at: at(0), isTimed: false }));

  it.each<[string, Partial<SentEvent>, Partial<SentEvent>, string]>([
    ["late", { at: at(-LATE_DAYS_MAX * 86_400_000) }, { at: at(-LATE_DAYS_MAX * 86_400_000 - 1) }, "at"],
    ["early", { at: at(EARLY_MINUTES_MAX * 60_000) }, { at: at(EARLY_MINUTES_MAX * 60_000 + 1) }, "at"],
    [
      "long in its name",
      { name: "n".repeat(EVENT_NAME_LENGTH_MAX) },
      { name: "n".repeat(EVENT_NAME_LENGTH_MAX + 1) },
      "name",
    ],
    ["short in its name", { name: "n" }, { name: "" }, "name"],
    [
      "long in its id",
      { id: "i".repeat(EVENT_ID_LENGTH_MAX) },
      { id: "i".repeat(EVENT_ID_LENGTH_MAX + 1) },
      "id",
    ],
    ["short in its id", { id: "i" }, { id: "" }, "id"],
    [
      "long in its user's id",
      { userId: "u".repeat(USER_ID_LENGTH_MAX) },
      { userId: "u".repeat(USER_ID_LENGTH_MAX + 1) },
      "userId",
    ],
    ["short in its user's id", { userId: "u" }, { userId: "" }, "userId"],
    [
      "rich",
      { properties: named(EVENT_PROPERTIES_MAX) },
      { properties: named(EVENT_PROPERTIES_MAX + 1) },
      "properties",
    ],
    [
      "large",
      { properties: { a: "x".repeat(PROPERTIES_BYTES_MAX - 8) } },
      { properties: { a: "x".repeat(PROPERTIES_BYTES_MAX - 7) } },
      "properties",
    ],
  ])("may be as %s as the bound says, and not more", (_how, within, beyond, path) => {
    expect(paths(event(within))).toEqual([]);
    expect(paths(event(beyond))).toEqual([`events.0.${path}`]);
  });

  it("may be as deep as the bound says, and not more", () => {
    expect(paths(event({ properties: nested(PROPERTIES_DEPTH_MAX) }))).toEqual([]);
    expect(paths(event({ properties: nested(PROPERTIES_DEPTH_MAX + 1) }))).toEqual([
      `events.0.properties${".deeper".repeat(PROPERTIES_DEPTH_MAX)}`,
    ]);
  });

  it("has properties by names that a condition can reach", () => {
    const name = "n".repeat(PROPERTY_NAME_LENGTH_MAX);
    expect(paths(event({ properties: { [name]: 1, "a b": 1, é: 1 } }))).toEqual([]);
    const bad = { "": 1, $gt: 1, "a.b": 1, [`${name}n`]: 1 };
    expect(paths(event({ properties: bad }))).toEqual(
      Object.keys(bad).map((each) => `events.0.properties.${each}`),
    );
    expect(paths(event({ properties: JSON.parse('{"__proto__":1}') as Json }))).toHaveLength(1);
  });

  it("has lists of as many values as the bound says, and not more", () => {
    const list = (count: number): Json => ({ tags: Array.from({ length: count }, () => 1) });
    expect(paths(event({ properties: list(PROPERTY_LIST_MAX) }))).toEqual([]);
    expect(paths(event({ properties: list(PROPERTY_LIST_MAX + 1) }))).toEqual(["events.0.properties.tags"]);
  });

  it("has properties that are an object, with numbers that JSON has, and text that is Unicode", () => {
    expect(paths(event({ properties: [] }), event({ id: "e2", properties: { a: Infinity } }))).toEqual([
      "events.0.properties",
      "events.1.properties.a",
    ]);
    expect(paths(event({ userId: "\ud800" }), event({ id: "\0" }))).toEqual([
      "events.0.userId",
      "events.1.id",
    ]);
  });
});

describe("a batch of events", () => {
  it("has 1 to the bound of them", () => {
    const many = Array.from({ length: BATCH_MAX }, (_, index) => event({ id: `e${index}` }));
    expect(checkEvents(many, NOW)).toMatchObject({ refusals: [], events: { length: BATCH_MAX } });
    expect(paths(...many, event())).toEqual(["events"]);
    expect(paths()).toEqual(["events"]);
  });

  it("counts once what says the same twice, whether with its time or without", () => {
    const timed = event({ at: at(-5) });
    expect(checkEvents([timed, timed, event()], NOW)).toMatchObject({
      refusals: [],
      repeats: 2,
      events: { length: 1 },
    });
  });

  it.each<[string, Partial<SentEvent>]>([
    ["another name", { name: "Refunded" }],
    ["another time", { at: at(-6) }],
    ["other properties", { properties: { amount: 1 } }],
  ])("refuses an id that comes again with %s; the first stands", (_what, more) => {
    const checked = checkEvents([event({ at: at(-5) }), event({ at: at(-5), ...more })], NOW);
    expect(checked.refusals).toMatchObject([{ code: "TAKEN", path: ["events", "1", "id"] }]);
    expect(checked.events).toHaveLength(1);
  });

  it("may have one id for two users", () =>
    expect(checkEvents([event(), event({ userId: "u2" })], NOW)).toMatchObject({
      refusals: [],
      events: { length: 2 },
    }));
});

describe("what is told of users", () => {
  it("is told of 1 to the bound of them, and of each once", () => {
    const many = Array.from({ length: BATCH_MAX }, (_, index) => ({ id: `u${index}`, properties: {} }));
    expect(identifyFaults(many)).toEqual([]);
    expect(identifyFaults([...many, { id: "one more", properties: {} }])).toMatchObject([
      { path: ["users"] },
    ]);
    expect(identifyFaults([])).toMatchObject([{ path: ["users"] }]);
    expect(
      identifyFaults([
        { id: "u", properties: {} },
        { id: "u", properties: { a: 1 } },
      ]),
    ).toMatchObject([{ path: ["users", "1", "id"] }]);
  });

  it("has ids and properties within their bounds", () => {
    expect(identifyFaults([{ id: "u", properties: named(USER_PROPERTIES_MAX) }])).toEqual([]);
    expect(
      identifyFaults([
        { id: "", properties: named(USER_PROPERTIES_MAX + 1) },
        { id: "u", properties: { $set: 1 } },
      ]).map(({ path }) => path.join(".")),
    ).toEqual(["users.0.id", "users.0.properties", "users.1.properties.$set"]);
  });
});
