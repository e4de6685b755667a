import { startTestServer, type TestServer } from "../support/wholeServer";

const SET = `mutation($input: SetLabelsInput!) {
  setLabels(input: $input) { thing { __typename id name tags owner removeBy } errors { code path } } }`;

let server: TestServer;
const ids: Record<string, string> = {};
beforeAll(async () => {
  server = await startTestServer();
  const data = await server.send(
    `mutation($condition: JSON!) {
       createApp(input: { slug: "shop", name: "Shop" }) { app { id } errors { code } }
       createKey(input: { app: "shop", name: "dark_mode", type: INTEGER, defaultValue: 3 }) { key { id } }
       createSegment(input: { app: "shop", name: "Berliners", condition: $condition }) { segment { id } }
       createGoal(input: { app: "shop", name: "Bought", events: [{ name: "Charged" }] }) { goal { id } }
       createConfig(input: { app: "shop", name: "Colours", keys: ["dark_mode"], rules: [] }) { config { id } }
     }`,
    { condition: { city: "Berlin" } },
  );
  ids["Key"] = server.read(data, "createKey.key.id");
  ids["Segment"] = server.read(data, "createSegment.segment.id");
  ids["Goal"] = server.read(data, "createGoal.goal.id");
  ids["Config"] = server.read(data, "createConfig.config.id");
});
afterAll(() => server.stop());

const set = (input: object) => server.send(SET, { input });

describe("labels in the API", () => {
  it.each(["Key", "Segment", "Goal", "Config"])(
    "are set, shown and kept in the history of a %s",
    async (kind) => {
      const id = ids[kind];
      const labels = {
        tags: ["checkout", "new"],
        owner: "Team Checkout",
        removeBy: "2027-01-01T00:00:00.000Z",
      };
      const answer = await set({ id, ...labels, tags: ["new", "checkout", "new"], note: "sorted" });
      expect(answer).toMatchObject({ setLabels: { thing: { __typename: kind, id, ...labels }, errors: [] } });
      const shown = await server.send(
        `query($id: ID!) { node(id: $id) { ... on Labelled { tags owner removeBy }
         ... on Key { history(first: 1) { nodes { ...C } } updatedBy { id } } ... on Segment { history(first: 1) { nodes { ...C } } }
         ... on Goal { history(first: 1) { nodes { ...C } } } ... on Config { history(first: 1) { nodes { ...C } } updatedBy { id } } } }
       fragment C on ChangeEvent { type note changes { path before after } }`,
        { id },
      );
      expect(server.read(shown, "node")).toMatchObject({
        ...labels,
        history: {
          nodes: [
            {
              type: `${kind}Labelled`,
              note: "sorted",
              changes: expect.arrayContaining([
                { path: "tags/new", before: null, after: "new" },
                { path: "owner", before: null, after: "Team Checkout" },
                { path: "removeBy", before: null, after: labels.removeBy },
              ]) as unknown,
            },
          ],
        },
      });
    },
  );

  it("stay when the thing is edited, published and archived", async () => {
    const id = ids["Config"];
    await set({ id, tags: ["kept"] });
    await server.send(
      `mutation($id: ID!) {
         editConfig(input: { configId: $id, name: "Colors" }) { errors { code } }
         publishConfig(input: { configId: $id, version: 1 }) { errors { code } }
         archiveConfig(input: { configId: $id }) { errors { code } }
       }`,
      { id },
    );
    const shown = await server.send(`query($id: ID!) { config(id: $id) { name isArchived tags } }`, { id });
    expect(shown).toEqual({ config: { name: "Colors", isArchived: true, tags: ["kept"] } });
    expect(await set({ id, tags: [] })).toMatchObject({
      setLabels: { thing: null, errors: [{ code: "ARCHIVED", path: ["id"] }] },
    });
  });

  it("refuse 51 tags, and change nothing", async () => {
    const id = ids["Segment"];
    await set({ id, tags: ["before"] });
    const tags = Array.from({ length: 51 }, (_, index) => `tag ${index}`);
    expect(await set({ id, tags })).toMatchObject({
      setLabels: { thing: null, errors: [{ code: "LIMIT_REACHED", path: ["tags"] }] },
    });
    const shown = await server.send(`query($id: ID!) { segment(id: $id) { tags } }`, { id });
    expect(shown).toEqual({ segment: { tags: ["before"] } });
  });

  it("are of nothing that is not there or has none", async () => {
    const environment = server.read<string>(
      await server.send(`{ app(slug: "shop") { environments { id } } }`),
      "app.environments.0.id",
    );
    for (const id of [environment, "segment_shop_none", "segment_nowhere_1", "key_shop_none", "", "🙂"]) {
      expect(await set({ id, tags: ["a"] })).toMatchObject({
        setLabels: { thing: null, errors: [{ code: "NOT_FOUND", path: ["id"] }] },
      });
    }
  });
});
