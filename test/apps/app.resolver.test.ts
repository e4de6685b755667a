import { startServer, type HttpTestServer } from "../support/server";
import { finishRegisteredApps } from "../../src/apps/createApp";
import { INSTANCE_STREAM } from "../../src/apps/instance.events";
import { until } from "../support/until";

let server: HttpTestServer;
beforeAll(async () => void (server = await startServer()));
afterAll(() => server.stop());

const CREATE = `mutation($input: CreateAppInput!) {
  createApp(input: $input) { app { id slug name createdAt environments { id name } } errors { __typename code message path } }
}`;
type Created = { app: { id: string; slug: string } | null; errors: { code: string; path: string[] }[] };
const create = async (input: object): Promise<Created> => {
  const { data, errors } = await server.send(CREATE, { input });
  expect(errors).toBeUndefined();
  return data?.["createApp"] as Created;
};

describe("creating an app", () => {
  it("gives it its first environment, and shows it at once", async () => {
    const { app, errors } = await create({ slug: "shop", name: "Shop" });
    expect(errors).toEqual([]);
    expect(app).toMatchObject({
      id: "app_shop",
      slug: "shop",
      name: "Shop",
      environments: [{ id: "environment_shop_production", name: "production" }],
    });
  });

  it("refuses a slug that is taken", async () => {
    await create({ slug: "taken", name: "One" });
    const { app, errors } = await create({ slug: "taken", name: "Two" });
    expect(app).toBeNull();
    expect(errors).toMatchObject([{ code: "TAKEN", path: ["slug"] }]);
  });

  it("says all that is wrong at once, and appends nothing", async () => {
    const { store } = server.running.parts;
    const before = await store.head();
    const { app, errors } = await create({ slug: "Not A Slug", name: "" });
    expect(app).toBeNull();
    expect(errors.map(({ code, path }) => [code, path])).toEqual([
      ["INVALID", ["slug"]],
      ["INVALID", ["name"]],
    ]);
    expect(await store.head()).toBe(before);
  });

  it("happens once however often a command is sent", async () => {
    const input = { slug: "once", name: "Once", commandId: "create-once" };
    const first = await create(input);
    const { store } = server.running.parts;
    const after = await store.head();
    expect(await create(input)).toEqual(first);
    expect(await store.head()).toBe(after);
    expect((await create({ ...input, slug: "another" })).errors).toMatchObject([
      { code: "COMMAND_ID_REUSED" },
    ]);
  });

  it("that ten send at once is done for one of them", async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => create({ slug: "raced", name: "Raced" })));
    expect(all.filter(({ app }) => app !== null)).toHaveLength(1);
  });

  it("that was interrupted after the slug was reserved is finished later", async () => {
    const { apps, instance, database } = server.running.parts;
    const data = { slug: "interrupted", name: "Interrupted", note: "no hurry" };
    const envelope = { commandId: "interrupted", actor: "admin", may: () => true };
    const registered = await instance.handle(INSTANCE_STREAM, { type: "RegisterApp", data }, envelope);
    if (registered.outcome === "refused") throw new Error("a new slug is free");
    await server.running.runner.projected(registered.position);
    expect((await server.send(`{ app(slug: "interrupted") { id } }`)).data).toEqual({ app: null });

    expect(await finishRegisteredApps({ apps, database })).toEqual(["interrupted"]);
    await until("the app shows", async () => {
      const { data: shown } = await server.send(`{ app(slug: "interrupted") { id } }`);
      return shown?.["app"] !== null;
    });
    expect(await finishRegisteredApps({ apps, database })).toEqual([]);
    const { data: page } = await server.send(
      `{ changes(app: "interrupted", startAt: BEGINNING, first: 1) { items { event { type note } } } }`,
    );
    expect(page).toEqual({ changes: { items: [{ event: { type: "AppCreated", note: "no hurry" } }] } });
  });
});

describe("apps", () => {
  it("are listed in pages, each once, in the order of their slugs", async () => {
    for (const slug of ["page-c", "page-a", "page-b"]) await create({ slug, name: slug });
    const slugs: string[] = [];
    let after: string | null = null;
    let total = 0;
    do {
      const { data } = await server.send(
        `query($after: String) { apps(first: 2, after: $after) { totalCount nodes { slug } edges { cursor } pageInfo { endCursor hasNextPage } } }`,
        { after },
      );
      const apps = data?.["apps"] as {
        totalCount: number;
        nodes: { slug: string }[];
        edges: { cursor: string }[];
        pageInfo: { endCursor: string; hasNextPage: boolean };
      };
      expect(apps.edges.at(-1)?.cursor ?? null).toBe(apps.pageInfo.endCursor);
      slugs.push(...apps.nodes.map(({ slug }) => slug));
      total = apps.totalCount;
      after = apps.pageInfo.hasNextPage ? apps.pageInfo.endCursor : null;
    } while (after !== null);
    expect(slugs).toEqual([...slugs].sort());
    expect(new Set(slugs).size).toBe(total);
    expect(slugs).toEqual(expect.arrayContaining(["page-a", "page-b", "page-c"]));
  });

  it("and their environments are found by their ids, in the order asked", async () => {
    const { data } = await server.send(
      `{ nodes(ids: ["environment_shop_production", "nothing", "app_shop", "app_nowhere", "key_shop_none", ""]) { __typename id } }`,
    );
    expect(data).toEqual({
      nodes: [
        { __typename: "Environment", id: "environment_shop_production" },
        { __typename: "App", id: "app_shop" },
      ],
    });
  });

  it("of an unknown slug or id are null, whatever the name", async () => {
    const { data } = await server.send(`{ app(slug: "__proto__") { id } node(id: "app___proto__") { id } }`);
    expect(data).toEqual({ app: null, node: null });
  });
});

it("more than 100 ids at once are refused", async () => {
  const query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `app_a${index}`);
  expect((await server.send(query, { ids: ids(100) })).data).toEqual({ nodes: [] });
  const { errors } = await server.send(query, { ids: ids(101) });
  expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", path: ["ids"] } }]);
});
