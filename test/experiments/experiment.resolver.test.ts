import { startTestServer, type TestServer } from "../support/wholeServer";

const FIELDS = `experiment { id name description environment { name } segment { name } traffic bucketBy bucketByFallback keys isArchived note
    variations { name weight isControl values { key value } } goals { goal { name } isPrimary isGuardrail } }
  errors { __typename code message path ... on InUseError { usedBy { __typename name } } } warnings { code path }`;

let server: TestServer;
let apps = 0;
let app: string;
let goals: readonly [string, string];
let segmentId: string;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Sends a mutation, and gives what came of it. */
async function send(field: string, input: object, selection = FIELDS): Promise<Record<string, unknown>> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const data = await server.send(
    `mutation($input: ${type}!) { r: ${field}(input: $input) { ${selection} } }`,
    { input },
  );
  return server.read<Record<string, unknown>>(data, "r");
}
async function made(noun: string, input: object): Promise<string> {
  const field = `create${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
  const { [noun]: thing } = await send(field, { app, ...input }, `${noun} { id } errors { message }`);
  return (thing as { id: string }).id;
}

beforeEach(async () => {
  app = `shop-${(apps += 1)}`;
  await send("createApp", { slug: app, name: "Shop" }, "errors { code }");
  for (const name of ["colour", "size"])
    await send("createKey", { app, name, type: "STRING", defaultValue: "" }, "errors { code }");
  segmentId = await made("segment", { name: "Northerners", condition: { city: "Oslo" } });
  const events = [{ name: "Charged" }];
  goals = [await made("goal", { name: "Bought", events }), await made("goal", { name: "Refunded", events })];
});

const green = [{ key: "colour", value: "green" }];
const variations = [
  { name: "control", weight: 50 },
  { name: "green", weight: 50, values: green },
];
const create = (input: object = {}) =>
  send("createExperiment", { app, name: "Colours", goals: [goals[0]], variations, ...input });

describe("experiments in the API", () => {
  it("are created as drafts, and found by id, as a node, in lists and by the search", async () => {
    const answer = await create({ segmentId, traffic: 20, goals, guardrails: [goals[1]], note: "first" });
    const shown = {
      name: "Colours",
      environment: { name: "production" },
      segment: { name: "Northerners" },
      traffic: 20,
      bucketBy: null,
      keys: ["colour"],
      isArchived: false,
      note: "first",
      variations: [
        { name: "control", weight: 50, isControl: true, values: [] },
        { name: "green", weight: 50, isControl: false, values: green },
      ],
      goals: [
        { goal: { name: "Bought" }, isPrimary: true, isGuardrail: false },
        { goal: { name: "Refunded" }, isPrimary: false, isGuardrail: true },
      ],
    };
    expect(answer).toMatchObject({ experiment: shown, errors: [], warnings: [] });
    const { id } = answer["experiment"] as { id: string };
    const found = await server.send(
      `query($id: ID!, $app: String!) { experiment(id: $id) { name } node(id: $id) { __typename ... on Experiment { traffic } }
         app(slug: $app) { experiments(filter: { environments: ["production"], text: "colour" }) { totalCount nodes { name } }
           none: experiments(filter: { environments: ["staging"] }) { totalCount nodes { name } }
           search(query: "colours") { nodes { __typename name } } } }`,
      { id, app },
    );
    expect(found).toEqual({
      experiment: { name: "Colours" },
      node: { __typename: "Experiment", traffic: 20 },
      app: {
        experiments: { totalCount: 1, nodes: [{ name: "Colours" }] },
        none: { totalCount: 0, nodes: [] },
        search: { nodes: [{ __typename: "Experiment", name: "Colours" }] },
      },
    });
  });

  it("are edited, archived and restored, and their history says what is different", async () => {
    const { experiment } = await create();
    const experimentId = (experiment as { id: string }).id;
    const bolder = [variations[0], { ...variations[1], values: [{ key: "colour", value: "red" }] }];
    await send("editExperiment", { experimentId, variations: bolder, segmentId, note: "bolder" });
    expect(await send("archiveExperiment", { experimentId })).toMatchObject({
      experiment: { isArchived: true },
      errors: [],
    });
    expect(await send("editExperiment", { experimentId, traffic: 1 })).toMatchObject({
      experiment: null,
      errors: [{ code: "ARCHIVED", path: ["experimentId"] }],
    });
    expect(await send("restoreExperiment", { experimentId })).toMatchObject({
      experiment: { isArchived: false, segment: { name: "Northerners" } },
      errors: [],
    });
    const history = await server.send(
      `query($id: ID!) { experiment(id: $id) { history { nodes { type note changes { path before after } } } } }`,
      { id: experimentId },
    );
    expect(server.read(history, "experiment.history.nodes")).toMatchObject([
      { type: "ExperimentRestored", changes: [{ path: "isArchived", before: true, after: false }] },
      { type: "ExperimentArchived" },
      {
        type: "ExperimentEdited",
        note: "bolder",
        changes: [
          { path: "segmentId", before: null, after: segmentId },
          { path: "variations/green/values/colour", before: "green", after: "red" },
        ],
      },
      { type: "ExperimentCreated" },
    ]);
  });

  it("are only checked with validateOnly, with every refusal and warning", async () => {
    expect(await create({ validateOnly: true, traffic: 0 })).toMatchObject({
      experiment: null,
      errors: [],
      warnings: [{ code: "PERCENTAGE_ZERO", path: ["traffic"] }],
    });
    expect(await create({ traffic: 101, goals: ["goal_x"], variations: variations.slice(1) })).toMatchObject({
      experiment: null,
      errors: [
        { code: "INVALID", path: ["traffic"] },
        { code: "INVALID", path: ["variations"] },
        { code: "NOT_FOUND", path: ["goals", "0"] },
      ],
    });
    const data = await server.send(
      `query($app: String!) { app(slug: $app) { experiments { totalCount } } }`,
      {
        app,
      },
    );
    expect(data).toEqual({ app: { experiments: { totalCount: 0 } } });
  });

  it("are not there under an id of anything else", async () => {
    for (const experimentId of ["experiment_nowhere_1", `experiment_${app}_x`, goals[0], "", "🙂"]) {
      expect(await send("archiveExperiment", { experimentId })).toMatchObject({
        experiment: null,
        errors: [{ code: "NOT_FOUND", path: ["experimentId"] }],
      });
    }
  });

  it("are users of keys, segments and goals, which are not archived meanwhile", async () => {
    const { experiment } = await create({ segmentId });
    const experimentId = (experiment as { id: string }).id;
    const usedBy = [{ __typename: "Experiment", name: "Colours" }];
    const shown = await server.send(
      `query($key: String!, $app: String!, $segment: ID!, $goal: ID!) {
         key(app: $app, name: $key) { usedBy { __typename name } }
         segment(id: $segment) { usedBy { __typename name } } goal(id: $goal) { usedBy { __typename name } } }`,
      { app, key: "colour", segment: segmentId, goal: goals[0] },
    );
    expect(shown).toEqual({ key: { usedBy }, segment: { usedBy }, goal: { usedBy } });
    const selection = "errors { code ... on InUseError { usedBy { __typename name } } }";
    const archives = [
      ["archiveKey", { app, name: "colour" }],
      ["archiveSegment", { segmentId }],
      ["archiveGoal", { goalId: goals[0] }],
    ] as const;
    for (const [field, input] of archives)
      expect([field, await send(field, input, selection)]).toEqual([
        field,
        { errors: [{ code: "IN_USE", usedBy }] },
      ]);
    await send("archiveExperiment", { experimentId });
    for (const [field, input] of archives)
      expect([field, await send(field, input, selection)]).toEqual([field, { errors: [] }]);
    expect(await send("restoreExperiment", { experimentId })).toMatchObject({
      errors: [{ code: "ARCHIVED" }, { code: "ARCHIVED" }, { code: "ARCHIVED" }],
    });
  });

  it("never use what somebody archives at the same moment", async () => {
    const archives = [
      ["archiveKey", { name: "size" }],
      ["archiveSegment", { segmentId }],
      ["archiveGoal", { goalId: goals[1] }],
    ] as const;
    const using = {
      segmentId,
      goals: [goals[1]],
      variations: [variations[0], { ...variations[1], values: [{ key: "size", value: "L" }] }],
    };
    const wanted = [create({ name: "Raced", ...using })].concat(
      archives.map(([field, input]) =>
        send(field, { ...(field === "archiveKey" && { app }), ...input }, "errors { code }"),
      ),
    );
    const [createdOne, ...others] = await Promise.all(wanted);
    const isCreated = createdOne!["experiment"] !== null;
    const archivedOnes = others.filter(({ errors }) => (errors as unknown[]).length === 0);
    expect(isCreated && archivedOnes.length > 0).toBe(false);
    expect(isCreated || archivedOnes.length > 0).toBe(true);
  });
});
