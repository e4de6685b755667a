import "reflect-metadata";
import { execute, parse, subscribe, type ExecutionResult, type GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { ChangesResolver } from "../../src/changes/changes.resolver";
import { CHANGES_PAGE_SIZE_MAX, FILTER_VALUES_MAX } from "../../src/changes/changes.graphql";
import { guarded } from "../../src/access/guard.graphql";
import type { TakeOne } from "../../src/access/rateLimits";
import type { Actor, Role } from "../../src/access/roles.policy";
import { createItemPlans } from "../../src/changes/itemPlans.graphql";
import { admit } from "../../src/graphql/admit";
import type { Server } from "../../src/graphql/context";
import { createDocuments } from "../../src/graphql/documents";
import { formatError } from "../../src/graphql/formatError";
import { createOpenSubscriptions } from "../../src/graphql/openSubscriptions";
import { isResultStream, run, type ResultStream } from "../../src/graphql/run";
import { createWriter } from "../projections/things";
import { feedFixture, type FeedFixture, type FeedServer } from "./feedFixture";

const ITEM =
  "cursor kind event { id type source specversion datacontenttype sequence subject entityKind time actor { id } note environment before after }";

describe("changes in GraphQL", () => {
  let fixture: FeedFixture;
  let server: FeedServer;
  let write: ReturnType<typeof createWriter>;
  let schema: GraphQLSchema;

  beforeAll(async () => {
    fixture = await feedFixture();
    server = await fixture.startServer();
    write = createWriter(fixture.store, "shop");
    await server.runner.projected(
      await write("ThingMade", { name: "a", note: "for a start" }, { name: "b" }),
    );
    const unguarded = buildSchemaSync({
      resolvers: [ChangesResolver],
      validate: false,
      pubSub: { publish: () => undefined, subscribe: () => ({ [Symbol.asyncIterator]: never }) },
    });
    schema = guarded(unguarded);
  });
  afterAll(() => fixture.stop());

  type Asking = { server: { changes: FeedServer["feed"]; takeOne: TakeOne }; actor: Actor };
  const asking = (...roles: Role[]): Asking => ({
    server: { changes: server.feed, takeOne: () => undefined },
    actor: {
      id: "somebody",
      kind: "PERSON",
      grants: roles.map((role) => ({ app: null, role, environments: null })),
    },
  });

  async function query(text: string, contextValue = asking("VIEWER")): Promise<ExecutionResult> {
    return execute({ schema, document: parse(text), contextValue });
  }
  const codeOf = ({ errors }: ExecutionResult): unknown =>
    errors?.map((error) => formatError(error, () => undefined)).map(({ extensions }) => extensions?.["code"]);

  it("gives pages that go on from each other, with every field of an event", async () => {
    const first = await query(
      `{ changes(app: "shop", startAt: BEGINNING, first: 1) { items { ${ITEM} } endCursor hasMore } }`,
    );
    expect(first).toMatchObject({
      data: {
        changes: {
          hasMore: true,
          items: [
            {
              kind: "EVENT",
              event: {
                type: "ThingMade",
                source: "/apps/shop",
                specversion: "1.0",
                datacontenttype: "application/json",
                subject: "thing_shop_a",
                entityKind: "Thing",
                time: "2026-01-01T00:00:00.000Z",
                actor: { id: "tester" },
                note: "for a start",
                environment: null,
                before: null,
                after: { name: "a", size: 0 },
              },
            },
          ],
        },
      },
    });
    const { endCursor } = first.data?.["changes"] as { endCursor: string };
    const second = await query(
      `{ changes(app: "shop", after: "${endCursor}") { items { event { subject } } hasMore } }`,
    );
    expect(second.data).toEqual({
      changes: { items: [{ event: { subject: "thing_shop_b" } }], hasMore: false },
    });
  });

  it("streams from a cursor on and then live, and ends when its consumer goes", async () => {
    const edge = {
      schema,
      documents: createDocuments(schema, { hasIntrospection: false }),
      plans: createItemPlans(schema),
      subscriptions: createOpenSubscriptions(),
      server: asking().server as unknown as Server,
      report: () => undefined,
      watch: () => undefined,
    };
    const query = `subscription { changes(app: "shop", startAt: BEGINNING, filter: { entities: ["thing_shop_a", "thing_shop_b"] }) { kind event { subject } } }`;
    const admitted = admit(edge, { query });
    if (admitted.errors) throw new Error("It is refused.");
    const stream = await run(edge, { actor: asking("VIEWER").actor, requestId: "r" }, admitted);
    if (!isResultStream(stream)) throw new Error("It is no stream.");
    const results = eachOf(stream);
    const next = async () => (await results.next()).value as unknown;
    expect([await next(), await next(), await next()]).toEqual([
      { kind: "EVENT", event: { subject: "thing_shop_a" } },
      { kind: "EVENT", event: { subject: "thing_shop_b" } },
      { kind: "CAUGHT_UP", event: null },
    ]);
    const live = next();
    await write("ThingGrown", { name: "a", size: 1 });
    expect(await live).toEqual({ kind: "EVENT", event: { subject: "thing_shop_a" } });
    const waiting = stream.next();
    await stream.return();
    expect((await waiting).done).toBe(true);
  });

  it.each([
    ["a cursor that is none", `changes(app: "shop", after: "forged") { hasMore }`, "CURSOR_UNKNOWN"],
    ["an app that does not exist", `changes(app: "nowhere") { hasMore }`, "NOT_FOUND"],
    ["two starts", `changes(app: "shop", startAt: NOW, after: "x") { hasMore }`, "BAD_USER_INPUT"],
    ["no items at all", `changes(app: "shop", first: 0) { hasMore }`, "BAD_USER_INPUT"],
    [
      "one item too many",
      `changes(app: "shop", first: ${CHANGES_PAGE_SIZE_MAX + 1}) { hasMore }`,
      "BAD_USER_INPUT",
    ],
    [
      "a filter with one value too many",
      `changes(app: "shop", filter: { types: [${'"KeyCreated" '.repeat(FILTER_VALUES_MAX + 1)}] }) { hasMore }`,
      "BAD_USER_INPUT",
    ],
  ])("refuses %s", async (_, field, code) => {
    expect(codeOf(await query(`{ ${field} }`))).toEqual([code]);
  });

  it("accepts the most items and values that it may", async () => {
    const values = `"KeyCreated" `.repeat(FILTER_VALUES_MAX);
    const result = await query(
      `{ changes(app: "shop", first: ${CHANGES_PAGE_SIZE_MAX}, filter: { types: [${values}] }) { hasMore } }`,
    );
    expect(result).toEqual({ data: { changes: { hasMore: false } } });
  });

  it("shows nothing to those who may not read", async () => {
    expect(codeOf(await query(`{ changes(app: "shop") { hasMore } }`, asking()))).toEqual(["NOT_FOUND"]);
    const stream = await subscribe({
      schema,
      document: parse(`subscription { changes(app: "shop") { cursor } }`),
      contextValue: asking(),
    });
    expect(codeOf(stream as ExecutionResult)).toEqual(["NOT_FOUND"]);
  });
});

async function* eachOf(stream: ResultStream): AsyncGenerator<unknown> {
  for await (const deliveries of stream) {
    for (const { text } of deliveries) {
      yield (JSON.parse(text) as { data: { changes: unknown } }).data.changes;
    }
  }
}

function never(): AsyncIterator<never> {
  throw new Error("Nobody publishes.");
}
