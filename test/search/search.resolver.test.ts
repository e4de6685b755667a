import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
const SEARCH = `query($query: String!, $kinds: [String!], $archived: ArchivedFilter! = EXCLUDE, $first: Int! = 20, $after: String) {
  app(slug: "shop") { search(query: $query, kinds: $kinds, archived: $archived, first: $first, after: $after) {
    totalCount nodes { __typename id name ... on Labelled { tags } } pageInfo { endCursor hasNextPage } } } }`;

beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  await server.send(`mutation { createApp(input: { slug: "other", name: "Other" }) { errors { code } } }`);
  const made = await server.send(
    `mutation($condition: JSON!) {
       other: createKey(input: { app: "other", name: "checkout", type: INTEGER, defaultValue: 3 }) { errors { code } }
       key: createKey(input: { app: "shop", name: "checkout_colour", type: INTEGER, defaultValue: 3, description: "50% of ÉCLAIRS" }) { key { id } }
       createSegment(input: { app: "shop", name: "Checkout", condition: $condition }) { segment { id } }
       createGoal(input: { app: "shop", name: "Bought", events: [{ name: "Charged" }], note: "after the checkout" }) { goal { id } }
       createConfig(input: { app: "shop", name: "New checkout", keys: ["checkout_colour"], rules: [] }) { config { id } }
       flagKey: createKey(input: { app: "shop", name: "sprinkles", type: BOOLEAN, defaultValue: false }) { errors { code } }
       createFlag(input: { app: "shop", name: "Sprinkles", key: "sprinkles", rules: [] }) { flag { id } }
       gone: createGoal(input: { app: "shop", name: "Old checkout", events: [{ name: "Charged" }] }) { goal { id } }
     }`,
    { condition: { city: "Berlin" } },
  );
  const config = server.read(made, "createConfig.config.id");
  await server.send(
    `mutation($gone: ID!, $config: ID!) {
       first: editConfig(input: { configId: $config, description: "one", note: "Only for the holidays" }) { errors { code } }
       second: editConfig(input: { configId: $config, description: "two", note: "For everybody again" }) { errors { code } }
       archiveGoal(input: { goalId: $gone }) { errors { code } }
       setLabels(input: { id: $config, tags: ["spring \\"sale\\""], owner: "Team Payments" }) { errors { code } }
     }`,
    { gone: server.read(made, "gone.goal.id"), config },
  );
});
afterAll(() => server.stop());

type Found = {
  totalCount: number;
  nodes: { __typename: string; name: string }[];
  pageInfo: { endCursor: string; hasNextPage: boolean };
};
const search = async (variables: object): Promise<Found> =>
  server.read(await server.send(SEARCH, { ...variables }), "app.search");
const names = async (query: string, variables: object = {}) =>
  (await search({ query, ...variables })).nodes.map(({ __typename, name }) => `${__typename} ${name}`);
const refusal = async (variables: object) =>
  (await server.post({ query: SEARCH, variables })).body.errors?.[0]?.extensions;

describe("a search", () => {
  it("finds things of all kinds of one app, first those whose name fits best", async () => {
    const found = await search({ query: "CHECKOUT" });
    expect(found.totalCount).toBe(4);
    expect(found.nodes.map(({ __typename, name }) => [__typename, name])).toEqual([
      ["Segment", "Checkout"],
      ["Key", "checkout_colour"],
      ["Config", "New checkout"],
      ["Goal", "Bought"],
    ]);
  });

  it("looks into names, descriptions, notes, tags and owners, for all words in any order", async () => {
    expect(await names("colour checkout")).toEqual(["Key checkout_colour"]);
    expect(await names("éclair")).toEqual(["Key checkout_colour"]);
    expect(await names("the after")).toEqual(["Goal Bought"]);
    expect(await names('  "sale"  payments ')).toEqual(["Config New checkout"]);
    expect(await names("sprinkles")).toEqual(["Flag Sprinkles", "Key sprinkles"]);
    expect(await names("checkout nowhere")).toEqual([]);
  });

  it("looks into every note that a thing ever got, and into nothing else of its past", async () => {
    expect(await names("holidays")).toEqual(["Config New checkout"]);
    expect(await names("EVERYBODY new holidays")).toEqual(["Config New checkout"]);
    expect(await names("two")).toEqual(["Config New checkout"]);
    expect(await names("one")).toEqual([]);
  });

  it("is for certain kinds, and for archived things, on request", async () => {
    expect(await names("checkout", { kinds: ["Key", "Config"] })).toEqual([
      "Key checkout_colour",
      "Config New checkout",
    ]);
    expect(await names("checkout", { kinds: ["Nothing"] })).toEqual([]);
    expect(await names("checkout", { archived: "ONLY" })).toEqual(["Goal Old checkout"]);
    expect(await names("checkout", { archived: "INCLUDE", kinds: ["Goal"] })).toEqual([
      "Goal Old checkout",
      "Goal Bought",
    ]);
  });

  it("takes every character for itself", async () => {
    expect(await names("%")).toEqual(["Key checkout_colour"]);
    expect(await names("_")).toEqual(["Key checkout_colour"]);
    for (const query of ["check%", ".*", "\\", "'", "[", "$1", "😀"]) expect(await names(query)).toEqual([]);
  });

  it("goes on page by page, and says on each how many there are", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { nodes, pageInfo, totalCount }: Found = await search({ query: "checkout", first: 3, after });
      expect(totalCount).toBe(4);
      seen.push(...nodes.map(({ name }) => name));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(["Checkout", "checkout_colour", "New checkout", "Bought"]);
    const { pageInfo } = await search({ query: "checkout" });
    expect(await search({ query: "checkout", after: pageInfo.endCursor })).toMatchObject({
      totalCount: 4,
      nodes: [],
    });
  });

  it("bounds its words, and refuses none at all", async () => {
    expect(await names("x".repeat(200))).toEqual([]);
    const refused = { code: "BAD_USER_INPUT", path: ["query"] };
    for (const query of ["x".repeat(201), "x".repeat(10_000), "", " \n\t"]) {
      expect(await refusal({ query })).toMatchObject(refused);
    }
    expect(await refusal({ query: "a\0" })).toMatchObject({ code: "BAD_USER_INPUT" });
    const kinds = Array.from({ length: 51 }, () => "Key");
    expect(await refusal({ query: "a", kinds })).toMatchObject({ code: "BAD_USER_INPUT", path: ["kinds"] });
    expect(await refusal({ query: "a", after: "x" })).toMatchObject({
      code: "BAD_USER_INPUT",
      path: ["after"],
    });
  });
});
