import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
});
afterAll(() => server.stop());

describe("the history of one thing", () => {
  it("shows a segment's real before and after, the newest first, and nothing of others", async () => {
    const create = `mutation($name: String!) { createSegment(input: { app: "shop", name: $name, condition: { city: "New York" } }) { segment { id } errors { code } } }`;
    const id = server.read(await server.send(create, { name: "NY" }), "createSegment.segment.id");
    await server.send(create, { name: "another" });
    await server.send(
      `mutation($id: ID!) { editSegment(input: { segmentId: $id, condition: { city: "Miami" } }) { errors { code } } }`,
      { id },
    );
    await server.send(
      `mutation($id: ID!) { archiveSegment(input: { segmentId: $id }) { errors { code } } }`,
      { id },
    );
    const data = await server.send(
      `query($id: ID!) { segment(id: $id) { history(first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { type actor { id } before after } } } }`,
      { id },
    );
    expect(data).toMatchObject({
      segment: {
        history: {
          totalCount: 3,
          pageInfo: { hasNextPage: true },
          nodes: [
            {
              type: "SegmentArchived",
              actor: { id: "admin" },
              before: { isArchived: false },
              after: { isArchived: true },
            },
            {
              type: "SegmentEdited",
              before: { condition: { city: "New York" } },
              after: { condition: { city: "Miami" } },
            },
          ],
        },
      },
    });
    const rest = await server.send(
      `query($id: ID!, $after: String) { segment(id: $id) { history(first: 2, after: $after) { nodes { type before } } } }`,
      { id, after: server.read(data, "segment.history.pageInfo.endCursor") },
    );
    expect(rest).toEqual({ segment: { history: { nodes: [{ type: "SegmentCreated", before: null }] } } });
  });

  it("shows a key's and a config's", async () => {
    await server.send(
      `mutation { createKey(input: { app: "shop", name: "k", type: STRING, defaultValue: "a" }) { errors { code } } }`,
    );
    await server.send(
      `mutation { editKey(input: { app: "shop", name: "k", defaultValue: "b", note: "a was wrong" }) { errors { code } } }`,
    );
    const made = await server.send(
      `mutation { createConfig(input: { app: "shop", name: "c", keys: ["k"], rules: [] }) { config { id } errors { code } } }`,
    );
    const data = await server.send(
      `query($id: ID!) { key(app: "shop", name: "k") { note history { nodes { type note } } } config(id: $id) { history { nodes { type } } } }`,
      { id: server.read(made, "createConfig.config.id") },
    );
    expect(data).toEqual({
      key: {
        note: "a was wrong",
        history: {
          nodes: [
            { type: "KeyEdited", note: "a was wrong" },
            { type: "KeyCreated", note: "" },
          ],
        },
      },
      config: { history: { nodes: [{ type: "ConfigCreated" }] } },
    });
  });
});
