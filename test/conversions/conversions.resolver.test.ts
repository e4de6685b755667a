import { CONVERSION_DAYS_MAX } from "../../src/conversions/findConversions";
import { startTestServer, type TestServer } from "../support/wholeServer";

const E = "errors { code message path }";
const DAY_MS = 86_400_000;
const CONVERSIONS = `query($id: ID!, $from: DateTime!, $to: DateTime!, $environment: String) {
  goal(id: $id) { conversions(from: $from, to: $to, environment: $environment) {
    conversions conversionsError users usersError usersInEnvironment sampled isExact days { at conversions users } } } }`;

let server: TestServer;
let goalId = "";

beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { ${E} }
    updateAppSettings(input: { app: "shop", timeZone: "America/New_York" }) { ${E} }
    createEnvironment(input: { app: "shop", name: "staging" }) { ${E} } }`);
  const made = await server.send(
    `mutation($where: JSON!) { createGoal(input: { app: "shop", name: "Bought", events: [{ name: "Paid", where: $where }] }) { goal { id } ${E} } }`,
    { where: { amount: { $gt: 10 } } },
  );
  goalId = server.read(made, "createGoal.goal.id");
});
afterAll(() => server.stop());

/** The day before the one that it is there: it is over, and near enough that it may be told of. */
function yesterday(): number {
  const at = server.clock.now().getTime() - DAY_MS;
  // New York is 4 or 5 hours behind, so noon of UTC is in the day of the same name.
  return at - (at % DAY_MS) + DAY_MS / 2;
}

it("shows that a goal works: what users did is seen on its day, and only what fits", async () => {
  const noon = yesterday();
  const events = [
    { id: "1", userId: "ann", name: "Paid", at: noon, properties: { amount: 11 } },
    { id: "2", userId: "ann", name: "Paid", at: noon + 60_000, properties: { amount: 12 } },
    { id: "3", userId: "ann", name: "Paid", at: noon, properties: { amount: 10 } },
    { id: "4", userId: "bob", name: "Paid", at: noon, properties: { amount: 99 } },
    { id: "5", userId: "bob", name: "Viewed", at: noon, properties: {} },
  ].map(({ at, ...event }) => ({ ...event, at: new Date(at).toISOString() }));
  const tracked = await server.send(
    `mutation($events: [UserEventInput!]!) { track(input: { app: "shop", events: $events }) { accepted ${E} } }`,
    { events },
  );
  expect(tracked).toEqual({ track: { accepted: 5, errors: [] } });
  const span = { from: new Date(noon).toISOString(), to: new Date(noon + 1).toISOString() };
  const ask = async (part: object) => {
    const data = await server.send(CONVERSIONS, { id: goalId, ...span, ...part });
    return server.read<{ days: { at: string }[] }>(data, "goal.conversions");
  };
  const found = await ask({ environment: "production" });
  expect(found).toMatchObject({
    ...{ conversions: 3, conversionsError: 0, users: 2, usersError: 0 },
    ...{ usersInEnvironment: 2, sampled: 2, isExact: true },
    days: [{ conversions: 3, users: 2 }],
  });
  // Midnight there.
  expect(found.days[0]?.at).toMatch(/T0[45]:00:00\.000Z$/);
  expect(await ask({ environment: "staging" })).toMatchObject({ conversions: 0, usersInEnvironment: 0 });
});

describe("is refused, with the path", () => {
  const from = "2026-01-01T00:00:00Z";
  const later = (ms: number) => new Date(Date.parse(from) + ms).toISOString();
  it.each([
    [
      "more days than are answered",
      later(CONVERSION_DAYS_MAX * DAY_MS + 1),
      "production",
      "BAD_USER_INPUT",
      "to",
    ],
    ["no time at all", from, "production", "BAD_USER_INPUT", "to"],
    ["an environment that there is not", later(DAY_MS), "none", "NOT_FOUND", "environment"],
  ])("%s", async (_, to, environment, code, path) => {
    const variables = { id: goalId, from, to, environment };
    const { body } = await server.post({ query: CONVERSIONS, variables });
    expect(body.errors).toMatchObject([{ extensions: { code, path: [path] } }]);
  });

  it("but not the longest time that is answered", async () => {
    const variables = { id: goalId, from, to: later(CONVERSION_DAYS_MAX * DAY_MS) };
    expect((await server.post({ query: CONVERSIONS, variables })).body.errors).toBeUndefined();
  });
});
