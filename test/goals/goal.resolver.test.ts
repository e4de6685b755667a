import { startTestServer, type TestServer } from "../support/wholeServer";

const FIELDS = `goal { id name description events { name where } valueProperty note isArchived createdBy { id } usedBy { name } }
  errors { __typename code message path }`;
const CREATE = `mutation($input: CreateGoalInput!) { createGoal(input: $input) { ${FIELDS} } }`;
const EDIT = `mutation($input: EditGoalInput!) { editGoal(input: $input) { ${FIELDS} } }`;
const ARCHIVE = `mutation($input: ArchiveGoalInput!) { archiveGoal(input: $input) { ${FIELDS} } }`;
const RESTORE = `mutation($input: RestoreGoalInput!) { restoreGoal(input: $input) { ${FIELDS} } }`;

let server: TestServer;
let apps = 0;
let app: string;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  app = `shop-${(apps += 1)}`;
  await server.send(
    `mutation($app: String!) { createApp(input: { slug: $app, name: "Shop" }) { errors { code } } }`,
    {
      app,
    },
  );
});

const create = (input: object = {}) =>
  server.send(CREATE, { input: { app, name: "Bought", events: [{ name: "Charged" }], ...input } });
const created = async (input: object = {}): Promise<string> =>
  server.read(await create(input), "createGoal.goal.id");
const names = async (archived: string): Promise<string[]> => {
  const data = await server.send(
    `query($app: String!, $archived: ArchivedFilter!) { app(slug: $app) { goals(archived: $archived) { totalCount nodes { name } } } }`,
    { app, archived },
  );
  const { totalCount, nodes } = server.read<{ totalCount: number; nodes: { name: string }[] }>(
    data,
    "app.goals",
  );
  expect(totalCount).toBe(nodes.length);
  return nodes.map(({ name }) => name);
};

describe("goals in the API", () => {
  it("are created with events, conditions and a value, and found by id, as a node and in lists", async () => {
    const where = { amount: { $gt: 0 } };
    const answer = await create({
      events: [{ name: "Charged", where }],
      valueProperty: "amount",
      note: "first",
    });
    expect(answer).toMatchObject({
      createGoal: {
        goal: {
          name: "Bought",
          description: "",
          events: [{ name: "Charged", where }],
          valueProperty: "amount",
          note: "first",
          isArchived: false,
          usedBy: [],
        },
        errors: [],
      },
    });
    const id = server.read(answer, "createGoal.goal.id");
    const found = await server.send(
      `query($id: ID!) { goal(id: $id) { name events { where } } node(id: $id) { __typename id ... on Goal { valueProperty } } }`,
      { id },
    );
    expect(found).toEqual({
      goal: { name: "Bought", events: [{ where }] },
      node: { __typename: "Goal", id, valueProperty: "amount" },
    });
    expect(await names("EXCLUDE")).toEqual(["Bought"]);
  });

  it("are edited, archived, shown when asked for, and restored, and their history shows all of it", async () => {
    const goalId = await created();
    await server.send(EDIT, { input: { goalId, name: "Paid", note: "renamed" } });
    const archived = await server.send(ARCHIVE, { input: { goalId, note: "unused" } });
    expect(archived).toMatchObject({
      archiveGoal: { goal: { isArchived: true, note: "unused" }, errors: [] },
    });
    expect([await names("EXCLUDE"), await names("ONLY"), await names("INCLUDE")]).toEqual([
      [],
      ["Paid"],
      ["Paid"],
    ]);
    expect(await server.send(EDIT, { input: { goalId, name: "x" } })).toMatchObject({
      editGoal: { goal: null, errors: [{ code: "ARCHIVED", path: ["goalId"] }] },
    });
    expect(await server.send(RESTORE, { input: { goalId } })).toMatchObject({
      restoreGoal: { goal: { isArchived: false }, errors: [] },
    });
    const history = await server.send(
      `query($id: ID!) { goal(id: $id) { history { nodes { type before after } } } }`,
      { id: goalId },
    );
    expect(server.read(history, "goal.history.nodes")).toMatchObject([
      { type: "GoalRestored", before: { isArchived: true }, after: { isArchived: false } },
      { type: "GoalArchived", before: { isArchived: false }, after: { isArchived: true } },
      { type: "GoalEdited", before: { name: "Bought" }, after: { name: "Paid" } },
      { type: "GoalCreated", before: null, after: { name: "Bought" } },
    ]);
  });

  it("keep what an edit leaves out, and lose a value property that it says is null", async () => {
    const goalId = await created({ description: "d", valueProperty: "amount" });
    const kept = await server.send(EDIT, { input: { goalId, name: null, description: null, events: null } });
    expect(kept).toMatchObject({ editGoal: { goal: { description: "d", valueProperty: "amount" } } });
    const lost = await server.send(EDIT, { input: { goalId, valueProperty: null } });
    expect(lost).toMatchObject({ editGoal: { goal: { valueProperty: null }, errors: [] } });
  });

  it("are one of a command that is sent twice, and untouched by an archive that is only validated", async () => {
    const [first, second] = [await create({ commandId: "once" }), await create({ commandId: "once" })];
    expect(second).toEqual(first);
    expect(await names("INCLUDE")).toEqual(["Bought"]);
    const goalId = server.read(first, "createGoal.goal.id");
    expect(await server.send(ARCHIVE, { input: { goalId, validateOnly: true } })).toMatchObject({
      archiveGoal: { goal: { isArchived: false }, errors: [] },
    });
  });

  it("say everything that is wrong with one, with the paths to it, and keep nothing", async () => {
    const answer = await create({
      name: "x".repeat(121),
      events: [{ name: "a", where: { $userIn: ["u"] } }, { name: "b" }, { name: "b" }],
      valueProperty: "$sum",
    });
    expect(server.read(answer, "createGoal.goal")).toBeNull();
    expect(server.read<{ path: string[] }[]>(answer, "createGoal.errors").map(({ path }) => path)).toEqual([
      ["name"],
      ["events", "2"],
      ["events", "0", "where", "$userIn"],
      ["valueProperty"],
    ]);
    for (const count of [0, 11]) {
      const events = Array.from({ length: count }, (_, index) => ({ name: `e${index}` }));
      expect(await create({ events })).toMatchObject({
        createGoal: { goal: null, errors: [{ code: "INVALID", path: ["events"] }] },
      });
    }
    expect(await names("INCLUDE")).toEqual([]);
  });

  it("are not there under an id of anything else, nor under an unknown app", async () => {
    for (const goalId of ["goal_nowhere_1", `goal_${app}_none`, `key_${app}_a`, "", "🙂"]) {
      expect(await server.send(ARCHIVE, { input: { goalId } })).toMatchObject({
        archiveGoal: { goal: null, errors: [{ code: "NOT_FOUND", path: ["goalId"] }] },
      });
      expect(await server.send(`query($id: ID!) { goal(id: $id) { id } }`, { id: goalId })).toEqual({
        goal: null,
      });
    }
    expect(await create({ app: "nowhere" })).toMatchObject({
      createGoal: { errors: [{ code: "NOT_FOUND", path: ["app"] }] },
    });
  });

  it("come in the feed of changes", async () => {
    const id = await created();
    const data = await server.send(
      `query($app: String!) { changes(app: $app, startAt: BEGINNING) { items { kind event { type subject after } } } }`,
      { app },
    );
    const items = server.read<{ event: { type: string } }[]>(data, "changes.items");
    expect(items.find(({ event }) => event.type === "GoalCreated")).toMatchObject({
      event: { subject: id, after: { name: "Bought", events: [{ name: "Charged", where: null }] } },
    });
  });
});
