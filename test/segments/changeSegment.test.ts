import { createDatabase } from "../../src/postgres/pool";
import { startTestServer, type TestServer } from "../support/wholeServer";

const FIELDS = "segment { id name condition isArchived usedBy { name } } errors { code path }";
const CREATE = `mutation($input: CreateSegmentInput!) { createSegment(input: $input) { ${FIELDS} } }`;
const EDIT = `mutation($input: EditSegmentInput!) { editSegment(input: $input) { ${FIELDS} } }`;
const ARCHIVE = `mutation($input: ArchiveSegmentInput!) { archiveSegment(input: $input) { ${FIELDS} } }`;

describe("changing segments through the API", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  });
  afterAll(() => server.stop());

  const create = (input: object) => server.send(CREATE, { input: { app: "shop", ...input } });
  const lists = async () => {
    const database = createDatabase(server.databaseUrl);
    const rows = await database.query("select list from audience.user_lists").finally(() => database.close());
    return rows.length;
  };

  it("stores lists of user ids apart, and takes its own references back", async () => {
    const before = await lists();
    const created = await create({ name: "listed", condition: { $userIn: ["b", "a", "a"] } });
    const segmentId = server.read(created, "createSegment.segment.id");
    const condition = server.read<{ $userIn: { count: number } }>(created, "createSegment.segment.condition");
    expect(condition.$userIn.count).toBe(2);
    expect(await lists()).toBe(before + 1);
    const edited = await server.send(EDIT, { input: { segmentId, condition: { vip: true, ...condition } } });
    expect(edited).toMatchObject({
      editSegment: { segment: { condition: { vip: true, ...condition } }, errors: [] },
    });
  });

  it("shows whom a condition lists, and nobody of another list", async () => {
    const created = await create({ name: "shown", condition: { $userIn: ["u2", "u1", "u3"] } });
    const segment = server.read(created, "createSegment.segment.id");
    const condition = server.read<{ $userIn: { list: string } }>(created, "createSegment.segment.condition");
    const page = async (list: string, after: string | null) => {
      const answer = await server.send(
        `query($segment: ID!, $list: String!, $after: String) {
           segment(id: $segment) {
             listedUsers(list: $list, first: 2, after: $after) { totalCount nodes { id } pageInfo { endCursor hasNextPage } }
           }
         }`,
        { segment, list, after },
      );
      return server.read<{ pageInfo: { endCursor: string } }>(answer, "segment.listedUsers");
    };
    const first = await page(condition.$userIn.list, null);
    expect(first).toMatchObject({
      totalCount: 3,
      nodes: [{ id: "u1" }, { id: "u2" }],
      pageInfo: { hasNextPage: true },
    });
    const second = await page(condition.$userIn.list, first.pageInfo.endCursor);
    expect(second).toMatchObject({ nodes: [{ id: "u3" }], pageInfo: { hasNextPage: false } });
    const other = server.read<{ $userIn: { list: string } }>(
      await create({ name: "other", condition: { $userIn: ["secret"] } }),
      "createSegment.segment.condition",
    );
    expect(await page(other.$userIn.list, null)).toMatchObject({ totalCount: 0, nodes: [] });
  });

  it("stores no list for what is refused", async () => {
    const before = await lists();
    const refused = [
      await create({ name: "", condition: { $userIn: ["1"] } }),
      await create({ name: "x", condition: { $userIn: ["2"], a: { $nope: 1 } } }),
      await create({ app: "nowhere", name: "x", condition: { $userIn: ["3"] } }),
      await create({ name: "x", condition: { $userIn: ["4"], $segment: "segment_shop_none" } }),
    ];
    expect(refused.map((answer) => server.read(answer, "createSegment.errors.0.code"))).toEqual([
      "INVALID",
      "INVALID",
      "NOT_FOUND",
      "NOT_FOUND",
    ]);
    expect(await lists()).toBe(before);
  });

  it("makes one segment of a command that is sent twice", async () => {
    const input = { name: "once", condition: { $percent: 10 }, commandId: "create-once" };
    const [first, second] = [await create(input), await create(input)];
    expect(second).toEqual(first);
    expect(server.read(first, "createSegment.errors")).toEqual([]);
  });

  it("only looks with validateOnly", async () => {
    const segmentId = server.read(await create({ name: "kept", condition: {} }), "createSegment.segment.id");
    const archive = (validateOnly: boolean) => server.send(ARCHIVE, { input: { segmentId, validateOnly } });
    expect(await archive(true)).toMatchObject({
      archiveSegment: { segment: { isArchived: false }, errors: [] },
    });
    expect(await archive(false)).toMatchObject({
      archiveSegment: { segment: { isArchived: true }, errors: [] },
    });
  });

  it("says of an id of no segment that there is none, at the input's field", async () => {
    for (const segmentId of ["segment_nowhere_1", "segment_shop_none", "key_shop_a", "", "🙂"]) {
      const answer = await server.send(ARCHIVE, { input: { segmentId } });
      expect(server.read(answer, "archiveSegment.errors")).toEqual([
        { code: "NOT_FOUND", path: ["segmentId"] },
      ]);
    }
  });

  it("shows what a mutation changed to the next one of the same request", async () => {
    const a = server.read(await create({ name: "a", condition: {} }), "createSegment.segment.id");
    const answer = await server.send(
      `mutation($b: CreateSegmentInput!, $a: EditSegmentInput!, $again: EditSegmentInput!) {
         first: editSegment(input: $a) { segment { usedBy { name } } }
         createSegment(input: $b) { errors { code } }
         second: editSegment(input: $again) { segment { usedBy { name } } }
       }`,
      {
        a: { segmentId: a, description: "x" },
        b: { app: "shop", name: "b", condition: { $segment: a } },
        again: { segmentId: a, description: "y" },
      },
    );
    expect(answer).toMatchObject({
      first: { segment: { usedBy: [] } },
      second: { segment: { usedBy: [{ name: "b" }] } },
    });
  });
});
