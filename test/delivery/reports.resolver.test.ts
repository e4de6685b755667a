import {
  BATCH_ID_LENGTH_MAX,
  REPORT_EARLY_MINUTES_MAX,
  REPORT_LATE_DAYS_MAX,
  REPORTED_COUNT_MAX,
  REPORTED_ROWS_MAX,
  REPORTED_VALUE_LENGTH_MAX,
} from "../../src/delivery/checkReport";
import { OUTCOMES_PER_HOUR_MAX, REPORTED_OUTCOMES_PER_HOUR_MAX } from "../../src/delivery/outcomeBound";
import { BATCH_IDS_KEPT_DAYS } from "../../src/delivery/pruneDeliveries";
import { makeToken, readAs } from "../access/tokens";
import { startTestServer, type TestServer } from "../support/wholeServer";

const E = "errors { code message path }";
const HOUR_MS = 3_600_000;
const REPORT = `mutation($input: ReportDeliveriesInput!) { reportDeliveries(input: $input) { accepted isRepeat ${E} } }`;
const STATISTICS = `query($id: ID!, $from: DateTime!, $to: DateTime!, $environment: String) {
  config(id: $id) { statistics(from: $from, to: $to, bucket: HOUR, environment: $environment) {
    total byValue { value isOther count } byReason { reason count } byVersion { version count } } } }`;

type Reported = {
  accepted: number | null;
  isRepeat: boolean | null;
  errors: { code: string; message: string; path: string[] }[];
};
type Statistics = { total: number; byValue: object[]; byReason: object[]; byVersion: object[] };

let server: TestServer;
let [configId, emptyId, segmentId, serverToken, clientToken] = ["", "", "", "", ""];
let batch = 0;

beforeAll(async () => {
  server = await startTestServer();
  const { send, read } = server;
  await send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { ${E} }
    createEnvironment(input: { app: "shop", name: "staging" }) { ${E} }
    colour: createKey(input: { app: "shop", name: "colour", type: STRING, defaultValue: "red" }) { ${E} }
    size: createKey(input: { app: "shop", name: "size", type: INTEGER, defaultValue: 3 }) { ${E} }
    hidden: createKey(input: { app: "shop", name: "hidden", type: INTEGER, defaultValue: 0, isVisibleToClients: false }) { ${E} } }`);
  const segment = await send(
    `mutation($c: JSON!) { createSegment(input: { app: "shop", name: "Berliners", condition: $c }) { segment { id } ${E} } }`,
    { c: { city: "Berlin" } },
  );
  segmentId = read(segment, "createSegment.segment.id");
  const config = await send(
    `mutation { createConfig(input: { app: "shop", name: "Colours", keys: ["colour", "hidden"], rules: [] }) { config { id } ${E} }
      other: createConfig(input: { app: "shop", name: "Sizes", keys: ["size"], rules: [] }) { config { id } ${E} } }`,
  );
  configId = read(config, "createConfig.config.id");
  emptyId = read(config, "other.config.id");
  await send(`mutation($c: ID!) { publishConfig(input: { configId: $c, version: 1 }) { ${E} } }`, {
    c: configId,
  });
  const tokenOf = (kind: string, part: object = {}) =>
    makeToken(server, { app: "shop", name: kind, kind, ...part });
  serverToken = (await tokenOf("SERVER")).secret;
  clientToken = (await tokenOf("CLIENT", { environment: "production" })).secret;
});
afterAll(() => server.stop());

/** Each test has hours of its own. */
let hoursAgo = 0;
const nextHour = (): string => {
  hoursAgo += 1;
  const nowMs = server.clock.now().getTime();
  return new Date(nowMs - (nowMs % HOUR_MS) - hoursAgo * HOUR_MS).toISOString();
};
const rowOf = (part: object = {}) => ({
  ...{ key: "colour", value: "blue", reason: "SPLIT", at: server.clock.now().toISOString(), count: 1 },
  ...part,
});
const inputOf = (deliveries: readonly object[], part: object = {}) => {
  batch += 1;
  return { app: "shop", batchId: `batch-${batch}`, deliveries, ...part };
};

async function report(input: object, secret = serverToken): Promise<Reported> {
  return (await readAs<{ reportDeliveries: Reported }>(server, secret, REPORT, { input })).reportDeliveries;
}

/** Of one hour, which begins then. */
async function statistics(from: string, part: object = {}): Promise<Statistics> {
  const to = new Date(Date.parse(from) + HOUR_MS).toISOString();
  const data = await server.send(STATISTICS, { id: configId, from, to, environment: "production", ...part });
  return server.read<Statistics>(data, "config.statistics");
}

describe("what others evaluated", () => {
  it("counts with what servers counted, by value, reason and version", async () => {
    const at = nextHour();
    const rows = [
      rowOf({ at, sourceId: configId, version: 1, segmentId, count: 5 }),
      rowOf({ at, sourceId: configId, version: 1, reason: "DEFAULT", value: "red", count: 2 }),
      // The same, told of apart.
      rowOf({
        at: at.replace("00:00.000Z", "59:59.999Z"),
        sourceId: configId,
        version: 1,
        segmentId,
        count: 3,
      }),
    ];
    expect(await report(inputOf(rows))).toEqual({ accepted: 10, isRepeat: false, errors: [] });
    expect(await statistics(at)).toEqual({
      total: 10,
      byValue: [
        { value: "blue", isOther: false, count: 8 },
        { value: "red", isOther: false, count: 2 },
      ],
      byReason: [
        { reason: "SPLIT", count: 8 },
        { reason: "DEFAULT", count: 2 },
      ],
      byVersion: [{ version: 1, count: 10 }],
    });
    expect((await statistics(at, { environment: "staging" })).total).toBe(0);
  });

  it("counts for the config that is published with the key, where its sender does not know", async () => {
    const at = nextHour();
    expect(await report(inputOf([rowOf({ at, count: 4 })]), clientToken)).toMatchObject({ accepted: 4 });
    expect(await statistics(at)).toMatchObject({ total: 4, byVersion: [{ version: 1, count: 4 }] });
  });

  it("counts once, however often it is sent, and in each environment by itself", async () => {
    const at = nextHour();
    const input = inputOf([rowOf({ at, count: 4 })]);
    expect(await report(input)).toEqual({ accepted: 4, isRepeat: false, errors: [] });
    const again = await Promise.all([report(input), report(input), report(input)]);
    expect(again).toEqual(Array(3).fill({ accepted: 0, isRepeat: true, errors: [] }));
    expect((await statistics(at)).total).toBe(4);
    expect(await report({ ...input, environment: "staging" })).toMatchObject({ isRepeat: false });
  });

  it("counts once also when it comes several times at once", async () => {
    const at = nextHour();
    const input = inputOf([rowOf({ at, count: 7 })]);
    const told = await Promise.all(Array.from({ length: 5 }, () => report(input)));
    expect(told.filter(({ isRepeat }) => isRepeat === false)).toHaveLength(1);
    expect((await statistics(at)).total).toBe(7);
  });

  it("leaves room for what servers count: so many outcomes are told apart, the rest are others", async () => {
    const at = nextHour();
    const rows = Array.from({ length: REPORTED_OUTCOMES_PER_HOUR_MAX + 1 }, (_, index) =>
      rowOf({ at, value: `v${index}` }),
    );
    await report(inputOf(rows.slice(0, -1)));
    const isOther = { value: null, isOther: true };
    expect((await statistics(at)).byValue.at(-1)).toMatchObject({
      ...isOther,
      count: REPORTED_OUTCOMES_PER_HOUR_MAX - 20,
    });
    await report(inputOf(rows.slice(-1)));
    const { byVersion, total } = await statistics(at);
    expect(total).toBe(REPORTED_OUTCOMES_PER_HOUR_MAX + 1);
    expect(byVersion).toEqual([{ version: 1, count: REPORTED_OUTCOMES_PER_HOUR_MAX }]);
    expect(REPORTED_OUTCOMES_PER_HOUR_MAX).toBeLessThan(OUTCOMES_PER_HOUR_MAX);
  });

  it("counts a value that is very long as one of the others", async () => {
    const at = nextHour();
    const fits = "x".repeat(REPORTED_VALUE_LENGTH_MAX - 2);
    await report(inputOf([rowOf({ at, value: fits }), rowOf({ at, value: `${fits}x`, count: 2 })]));
    expect((await statistics(at)).byValue).toEqual([
      { value: fits, isOther: false, count: 1 },
      { value: null, isOther: true, count: 2 },
    ]);
  });
});

describe("a batch is taken", () => {
  const at = (offsetMs: number) => new Date(server.clock.now().getTime() + offsetMs).toISOString();
  it.each<[string, () => object]>([
    ["with the longest id", () => inputOf([rowOf()], { batchId: "x".repeat(BATCH_ID_LENGTH_MAX) })],
    [
      "of the oldest deliveries",
      () => inputOf([rowOf({ at: at(60_000 - REPORT_LATE_DAYS_MAX * 24 * HOUR_MS) })]),
    ],
    ["a little ahead of time", () => inputOf([rowOf({ at: at(REPORT_EARLY_MINUTES_MAX * 60_000 - 5_000) })])],
    ["with the greatest count", () => inputOf([rowOf({ count: REPORTED_COUNT_MAX })])],
    ["of as many rows", () => inputOf(Array.from({ length: REPORTED_ROWS_MAX }, () => rowOf()))],
  ])("%s", async (_, input) => {
    expect((await report(input())).errors).toEqual([]);
  });

  it("for less long than its id is known", () => {
    expect(REPORT_LATE_DAYS_MAX).toBeLessThan(BATCH_IDS_KEPT_DAYS);
  });
});

describe("a batch is refused as a whole, with what is wrong and where", () => {
  const at = (offsetMs: number) => new Date(server.clock.now().getTime() + offsetMs).toISOString();
  it.each<[string, () => object, string, string]>([
    ["without rows", () => inputOf([]), "INVALID", "deliveries"],
    [
      "with too many rows",
      () => inputOf(Array(REPORTED_ROWS_MAX + 1).fill(rowOf())),
      "INVALID",
      "deliveries",
    ],
    ["without an id", () => inputOf([rowOf()], { batchId: "" }), "INVALID", "batchId"],
    ["with an id too long", () => inputOf([rowOf()], { batchId: "x".repeat(129) }), "INVALID", "batchId"],
    ["of a user without an id", () => inputOf([rowOf()], { userId: "" }), "INVALID", "userId"],
    [
      "of an environment that there is not",
      () => inputOf([rowOf()], { environment: "x" }),
      "NOT_FOUND",
      "environment",
    ],
    ["of an unknown key", () => inputOf([rowOf({ key: "none" })]), "NOT_FOUND", "deliveries.0.key"],
    ["of a value of another type", () => inputOf([rowOf({ value: 7 })]), "INVALID", "deliveries.0.value"],
    ["without a value", () => inputOf([rowOf({ value: undefined })]), "INVALID", "deliveries.0.value"],
    ["of a value too deep", () => inputOf([rowOf({ value: [[]] })]), "INVALID", "deliveries.0.value"],
    [
      "of an unknown config",
      () => inputOf([rowOf({ sourceId: "config_shop_x" })]),
      "NOT_FOUND",
      "deliveries.0.sourceId",
    ],
    [
      "of a config without the key",
      () => inputOf([rowOf({ sourceId: emptyId })]),
      "INVALID",
      "deliveries.0.sourceId",
    ],
    ["of a version of nothing", () => inputOf([rowOf({ version: 1 })]), "INVALID", "deliveries.0.version"],
    [
      "of version 0",
      () => inputOf([rowOf({ sourceId: configId, version: 0 })]),
      "NOT_FOUND",
      "deliveries.0.version",
    ],
    [
      "of a version to come",
      () => inputOf([rowOf({ sourceId: configId, version: 2 })]),
      "NOT_FOUND",
      "deliveries.0.version",
    ],
    [
      "of an unknown segment",
      () => inputOf([rowOf({ segmentId: "segment_shop_x" })]),
      "NOT_FOUND",
      "deliveries.0.segmentId",
    ],
    ["of no value at all", () => inputOf([rowOf({ reason: "ERROR" })]), "INVALID", "deliveries.0.reason"],
    ["that counts nothing", () => inputOf([rowOf({ count: 0 })]), "INVALID", "deliveries.0.count"],
    [
      "that counts too much",
      () => inputOf([rowOf({ count: REPORTED_COUNT_MAX + 1 })]),
      "INVALID",
      "deliveries.0.count",
    ],
    [
      "of long ago",
      () => inputOf([rowOf({ at: at(-REPORT_LATE_DAYS_MAX * 24 * HOUR_MS - 60_000) })]),
      "INVALID",
      "deliveries.0.at",
    ],
    [
      "of the future",
      () => inputOf([rowOf({ at: at(REPORT_EARLY_MINUTES_MAX * 60_000 + 60_000) })]),
      "INVALID",
      "deliveries.0.at",
    ],
  ])("%s", async (_, input, code, path) => {
    const { accepted, isRepeat, errors } = await report(input());
    expect({ accepted, isRepeat }).toEqual({ accepted: null, isRepeat: null });
    expect(errors).toMatchObject([{ code, path: path.split(".") }]);
  });

  it("so that its id is free for what is mended", async () => {
    const hour = nextHour();
    const input = inputOf([rowOf({ at: hour, count: 2 }), rowOf({ at: hour, key: "none" })]);
    expect((await report(input)).errors).toMatchObject([{ path: ["deliveries", "1", "key"] }]);
    expect((await statistics(hour)).total).toBe(0);
    expect(await report({ ...input, deliveries: input.deliveries.slice(0, 1) })).toMatchObject({
      accepted: 2,
      isRepeat: false,
    });
  });
});

describe("clients", () => {
  it("know no keys that are not for them, and nothing of where values come from", async () => {
    const input = inputOf([
      rowOf({ key: "hidden", value: 0 }),
      rowOf({ sourceId: configId, version: 1, segmentId }),
    ]);
    expect((await report(input, clientToken)).errors).toMatchObject([
      { code: "NOT_FOUND", path: ["deliveries", "0", "key"] },
      { code: "INVALID", path: ["deliveries", "1", "sourceId"] },
      { code: "INVALID", path: ["deliveries", "1", "version"] },
      { code: "INVALID", path: ["deliveries", "1", "segmentId"] },
    ]);
  });

  it("report of their own environment alone", async () => {
    const input = inputOf([rowOf()], { environment: "staging" });
    expect((await report(input, clientToken)).errors).toMatchObject([
      { code: "NOT_FOUND", path: ["environment"] },
    ]);
  });
});
