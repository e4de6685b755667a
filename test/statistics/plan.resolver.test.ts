import "reflect-metadata";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const FIELDS = "alpha usersPerVariation users days reached { power smallestLift }";

async function plan(given: object) {
  const query = `query($input: PlanExperimentInput!) { planExperiment(input: $input) { ${FIELDS} } }`;
  const { body } = await server.post({ query, variables: { input: { minimumLift: 0.1, ...given } } });
  const { code, path } = body.errors?.[0]?.extensions ?? {};
  return body.errors ? { code, path } : server.read<unknown>(body.data, "planExperiment");
}

describe("planning an experiment", () => {
  it("tells users and days for a rate", async () => {
    expect(await plan({ baselineRate: 0.05, usersPerDay: 4000, traffic: 50 })).toEqual({
      alpha: 0.05,
      usersPerVariation: 31_234,
      users: 62_468,
      days: 32,
      reached: null,
    });
  });

  it("tells of users who are there already what they are enough for", async () => {
    const value = { baselineMean: 10, standardDeviation: 10, usersPerVariation: 1571 };
    expect(await plan(value)).toMatchObject({
      usersPerVariation: 1571,
      days: null,
      reached: { power: expect.closeTo(0.8, 3), smallestLift: expect.closeTo(0.1, 3) },
    });
  });

  it("corrects for variations, and with Holm for goals", async () => {
    expect(await plan({ baselineRate: 0.05, variations: 3 })).toMatchObject({ alpha: 0.025 });
    expect(await plan({ baselineRate: 0.05, variations: 3, goals: 5, correction: "HOLM" })).toMatchObject({
      alpha: 0.005,
    });
  });

  it.each<[string, object, object]>([
    ["minimumLift", { minimumLift: 0.001, baselineRate: 0.5 }, { minimumLift: 0.0009 }],
    ["minimumLift", { minimumLift: -0.001, baselineRate: 0.5 }, { minimumLift: -0.0009 }],
    ["minimumLift", { minimumLift: 18.9 }, { minimumLift: 19 }],
    ["minimumLift", { minimumLift: -0.99 }, { minimumLift: -1 }],
    ["baselineRate", { baselineRate: 0.0001, minimumLift: 1 }, { baselineRate: 0.00009, minimumLift: 1 }],
    ["baselineRate", { baselineRate: 0.9999, minimumLift: -0.5 }, { baselineRate: 1, minimumLift: -0.5 }],
    ["power", { power: 0.5 }, { power: 0.49 }],
    ["power", { power: 0.999 }, { power: 1 }],
    ["alpha", { alpha: 0.0001 }, { alpha: 0 }],
    ["alpha", { alpha: 0.5 }, { alpha: 0.51 }],
    ["variations", { variations: 2 }, { variations: 1 }],
    ["variations", { variations: 8 }, { variations: 9 }],
    ["goals", { goals: 5 }, { goals: 6 }],
    ["goals", { goals: 1 }, { goals: 0 }],
    ["traffic", { traffic: 100 }, { traffic: 101 }],
    ["traffic", { traffic: 0.01 }, { traffic: 0.009 }],
    ["usersPerDay", { usersPerDay: 100_000_000 }, { usersPerDay: 100_000_001 }],
    ["usersPerDay", { usersPerDay: 2 }, { usersPerDay: 1 }],
    ["usersPerDay", { usersPerDay: 1, minimumLift: 1 }, { usersPerDay: 0, minimumLift: 1 }],
    ["usersPerVariation", { usersPerVariation: 1 }, { usersPerVariation: 0 }],
    ["baselineRate", { baselineRate: 0.05 }, { baselineRate: null }],
    ["baselineRate", { baselineRate: 0.05 }, { baselineRate: 0.05, baselineMean: 3 }],
    [
      "baselineMean",
      { baselineRate: null, baselineMean: 1, standardDeviation: 1 },
      { baselineRate: null, baselineMean: 0, standardDeviation: 1 },
    ],
    [
      "standardDeviation",
      { baselineRate: null, baselineMean: 1, standardDeviation: 1 },
      { baselineRate: null, baselineMean: 1, standardDeviation: 0 },
    ],
  ])("bounds %s: takes %j and refuses %j", async (name, good, bad) => {
    const usual = { baselineRate: 0.05 };
    expect(await plan({ ...usual, ...good })).toHaveProperty("users");
    expect(await plan({ ...usual, ...bad })).toEqual({ code: "BAD_USER_INPUT", path: ["input", name] });
  });

  it("refuses what takes more users than there are", async () => {
    const input = { baselineRate: 0.0001, minimumLift: 0.001 };
    expect(await plan(input)).toEqual({ code: "BAD_USER_INPUT", path: ["input", "minimumLift"] });
  });
});
