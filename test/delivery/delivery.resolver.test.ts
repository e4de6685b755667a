import "reflect-metadata";
import { KEYS_ASKED_MAX } from "../../src/delivery/delivery.args.graphql";
import {
  USER_ID_LENGTH_MAX,
  USER_PROPERTIES_BYTES_MAX,
  USER_PROPERTIES_MAX,
} from "../../src/delivery/userInput.graphql";
import { startServer, type GraphqlAnswer, type HttpTestServer } from "../support/server";

let server: HttpTestServer;
let segmentId = "";
let configId = "";

const evaluateQuery = `query ($app: String! = "shop", $environment: String! = "production", $user: UserInput!, $keys: [String!], $asOf: DateTime, $atRevision: Int) {
  evaluate(app: $app, environment: $environment, user: $user, keys: $keys, asOf: $asOf, atRevision: $atRevision) {
    revision object values { key value reason errorCode version source { __typename id } rule { id segment { id name } } }
  }
}`;
const explainQuery = `query ($key: String!, $user: UserInput!, $atRevision: Int) {
  explain(app: "shop", key: $key, user: $user, atRevision: $atRevision) {
    revision key value reason errorCode steps { ruleId version outcome because source { id } segment { name } }
  }
}`;
const berliner = { id: "u1", properties: { city: "Berlin" } };

const evaluate = (variables: object) => server.send(evaluateQuery, { user: berliner, ...variables });
const explain = (variables: object) => server.send(explainQuery, { user: berliner, ...variables });

async function done(mutation: string, variables: object, field: string, selection: string): Promise<string> {
  const query = `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) {
    ${mutation}(input: $input) { ${field} { ${selection} } errors { message } } }`;
  const { data, errors } = await server.send(query, { input: variables });
  const payload = data?.[mutation] as Record<string, { id?: string }> & { errors: unknown[] };
  if (errors || payload.errors.length > 0) throw new Error(JSON.stringify(errors ?? payload.errors));
  return payload[field]?.id ?? "";
}

beforeAll(async () => {
  server = await startServer();
  await done("createApp", { slug: "shop", name: "Shop" }, "app", "id");
  for (const name of ["colour", "size"]) {
    await done("createKey", { app: "shop", name, type: "INTEGER", defaultValue: 1 }, "key", "id");
  }
  const condition = { city: "Berlin" };
  segmentId = await done("createSegment", { app: "shop", name: "Berliners", condition }, "segment", "id");
  const rules = [{ segmentId, values: [{ key: "colour", value: 2 }] }];
  const config = { app: "shop", name: "Colours", keys: ["colour"], rules };
  configId = await done("createConfig", config, "config", "id");
  await done("publishConfig", { configId, version: 1 }, "config", "id");
});
afterAll(() => server.stop());

describe("evaluate", () => {
  it("answers for all keys by name, with where each value comes from", async () => {
    const { data } = await evaluate({});
    expect(data?.["evaluate"]).toEqual({
      revision: expect.any(Number),
      object: { colour: 2, size: 1 },
      values: [
        {
          key: "colour",
          value: 2,
          reason: "TARGETING_MATCH",
          errorCode: null,
          version: 1,
          source: { __typename: "Config", id: configId },
          rule: { id: expect.stringMatching(/^rule_shop_/), segment: { id: segmentId, name: "Berliners" } },
        },
        {
          key: "size",
          value: 1,
          reason: "DEFAULT",
          errorCode: null,
          version: null,
          source: null,
          rule: null,
        },
      ],
    });
  });

  it("answers for the asked keys in their order, and says which there are not", async () => {
    const { data } = await evaluate({ keys: ["size", "shape"] });
    expect(data?.["evaluate"]).toMatchObject({
      object: { size: 1 },
      values: [
        { key: "size", value: 1 },
        { key: "shape", value: null, reason: "ERROR", errorCode: "KEY_NOT_FOUND" },
      ],
    });
  });

  it("takes a user without properties", async () => {
    const { data } = await evaluate({ user: { id: "u1" } });
    expect(data?.["evaluate"]).toMatchObject({ object: { colour: 1, size: 1 } });
  });

  it("answers as at any revision and any instant since the app is there", async () => {
    const now = objectOf(await evaluate({}));
    const { revision } = now;
    expect(objectOf(await evaluate({ atRevision: revision }))).toEqual(now);
    expect(objectOf(await evaluate({ atRevision: revision - 1 }))).toEqual({
      revision: revision - 1,
      object: { colour: 1, size: 1 },
    });
    expect(objectOf(await evaluate({ atRevision: 1 }))).toEqual({ revision: 1, object: {} });
    expect(objectOf(await evaluate({ asOf: new Date().toISOString() }))).toEqual(now);
  });

  it.each([
    ["an unknown app", { app: "nope" }, ["app"]],
    ["an unknown environment", { environment: "nope" }, ["environment"]],
    ["an instant before the app", { asOf: "2020-01-01T00:00:00Z" }, ["asOf"]],
    ["an instant that is yet to come", { asOf: "9999-12-31T23:59:59Z" }, ["asOf"]],
    ["a revision that is yet to come", { atRevision: 1_000_000 }, ["atRevision"]],
    ["a revision before the environment", { atRevision: 0 }, ["atRevision"]],
  ])("does not find %s", async (_what, variables, path) => {
    expect((await evaluate(variables)).errors).toMatchObject([{ extensions: { code: "NOT_FOUND", path } }]);
  });

  const properties = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, index]));
  const bytes = (count: number) => ({ p: "x".repeat(count - `{"p":""}`.length) });

  it.each([
    ["no id", { user: { id: "" } }, ["user", "id"]],
    ["an id that is too long", { user: { id: "x".repeat(USER_ID_LENGTH_MAX + 1) } }, ["user", "id"]],
    ["properties that are a list", { user: { id: "u", properties: [1] } }, ["user", "properties"]],
    [
      "too many properties",
      { user: { id: "u", properties: properties(USER_PROPERTIES_MAX + 1) } },
      ["user", "properties"],
    ],
    [
      "too large properties",
      { user: { id: "u", properties: bytes(USER_PROPERTIES_BYTES_MAX + 1) } },
      ["user", "properties"],
    ],
    ["too many keys", { keys: Array(KEYS_ASKED_MAX + 1).fill("size") }, ["keys"]],
    ["two moments at once", { asOf: "2026-01-01T00:00:00Z", atRevision: 1 }, ["atRevision"]],
    ["a negative revision", { atRevision: -1 }, ["atRevision"]],
  ])("refuses %s", async (_what, variables, path) => {
    expect((await evaluate(variables)).errors).toMatchObject([
      { extensions: { code: "BAD_USER_INPUT", path } },
    ]);
  });

  it.each([
    ["the longest id", { user: { id: "x".repeat(USER_ID_LENGTH_MAX) } }],
    ["the most properties", { user: { id: "u", properties: properties(USER_PROPERTIES_MAX) } }],
    ["the largest properties", { user: { id: "u", properties: bytes(USER_PROPERTIES_BYTES_MAX) } }],
    ["the most keys", { keys: Array(KEYS_ASKED_MAX).fill("size") }],
  ])("takes %s", async (_what, variables) => {
    const answer = await server.send(
      `query ($user: UserInput!, $keys: [String!]) { evaluate(app: "shop", user: $user, keys: $keys) { revision } }`,
      { user: berliner, ...variables },
    );
    expect(answer.errors).toBeUndefined();
  });

  it("finds nothing behind inherited names", async () => {
    const { data } = await evaluate({ user: JSON.parse('{"id":"u","properties":{"constructor":"x"}}') });
    expect(data?.["evaluate"]).toMatchObject({ object: { colour: 1 } });
    const { errors } = await server.send(evaluateQuery, {
      user: JSON.parse('{"id":"u","properties":{"__proto__":{"city":"Berlin"}}}') as object,
    });
    expect(errors?.[0]?.extensions?.["code"]).toBe("BAD_USER_INPUT");
  });

  it("answers one with right to read only", async () => {
    const response = await server.post(
      { query: evaluateQuery, variables: { user: berliner } },
      { authorization: "Bearer nobody" },
    );
    expect(response.status).toBe(401);
  });
});

describe("explain", () => {
  it("tells what became of every rule, in words", async () => {
    const { data } = await explain({ key: "colour", user: { id: "u2", properties: { city: "Oslo" } } });
    expect(data?.["explain"]).toEqual({
      revision: expect.any(Number),
      key: "colour",
      value: 1,
      reason: "DEFAULT",
      errorCode: null,
      steps: [
        {
          ruleId: expect.stringMatching(/^rule_shop_/),
          version: 1,
          outcome: "NOT_MATCHED",
          because: expect.stringContaining(`city is "Oslo", not "Berlin"`),
          source: { id: configId },
          segment: { name: "Berliners" },
        },
        expect.objectContaining({ ruleId: null, outcome: "DEFAULT", segment: null }),
      ],
    });
  });

  it("explains the past too, and a key that there is not", async () => {
    const { revision } = objectOf(await evaluate({}));
    const past = await explain({ key: "colour", atRevision: revision - 1 });
    expect(past.data?.["explain"]).toMatchObject({ value: 1, reason: "DEFAULT", revision: revision - 1 });
    const unknown = await explain({ key: "shape" });
    expect(unknown.data?.["explain"]).toMatchObject({
      reason: "ERROR",
      errorCode: "KEY_NOT_FOUND",
      steps: [],
    });
  });
});

function objectOf({ data }: GraphqlAnswer): { revision: number; object: object } {
  const { revision, object } = data?.["evaluate"] as { revision: number; object: object };
  return { revision, object };
}
