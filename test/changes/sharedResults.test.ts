import "reflect-metadata";
import { GraphQLObjectType, type GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { guarded } from "../../src/access/guard.graphql";
import type { Actor } from "../../src/access/roles.policy";
import { ChangesResolver } from "../../src/changes/changes.resolver";
import { createItemPlans } from "../../src/changes/itemPlans.graphql";
import { admit } from "../../src/graphql/admit";
import type { Server } from "../../src/graphql/context";
import { createDocuments } from "../../src/graphql/documents";
import type { Edge } from "../../src/graphql/edge";
import { createOpenSubscriptions } from "../../src/graphql/openSubscriptions";
import { isResultStream, run, type ResultStream } from "../../src/graphql/run";
import { createWriter } from "../projections/things";
import { feedFixture, type FeedFixture } from "./feedFixture";

const FOLLOWERS = 50;
const SOUND = `subscription { changes(app: "shop", startAt: NOW) { kind event { subject } } }`;
const FAILING = `subscription { changes(app: "shop", startAt: NOW) { kind event { subject note } } }`;

type Result = {
  data: { changes: { kind: string; event: { subject: string } | null } | null } | null;
  errors?: { message: string; path: string[]; extensions: Record<string, unknown> }[];
};

let fixture: FeedFixture;
let edge: Edge;
let write: ReturnType<typeof createWriter>;
/** How often a field of an event was asked for. */
let asked: Record<"subject" | "note", number>;
const reported: unknown[] = [];

/** The note of the thing `broken` is no note, as if a row of the read model were damaged. */
function withBrokenNote(schema: GraphQLSchema): GraphQLSchema {
  const event = schema.getType("ChangeEvent");
  if (!(event instanceof GraphQLObjectType)) throw new Error("The schema has events.");
  const { subject, note } = event.getFields();
  type Source = { subject: string; note: string };
  subject!.resolve = (source: Source) => ((asked.subject += 1), source.subject);
  note!.resolve = (source: Source) => {
    asked.note += 1;
    if (source.subject === "thing_shop_broken") throw new Error("The secret of the row is 42.");
    return source.note;
  };
  return schema;
}

beforeAll(async () => {
  fixture = await feedFixture();
  const server = await fixture.startServer();
  write = createWriter(fixture.store, "shop");
  await server.runner.projected(await write("ThingMade", { name: "first" }));
  const pubSub = { publish: () => undefined, subscribe: () => ({ [Symbol.asyncIterator]: never }) };
  const built = buildSchemaSync({ resolvers: [ChangesResolver], validate: false, pubSub });
  const schema = withBrokenNote(guarded(built));
  edge = {
    schema,
    documents: createDocuments(schema, { hasIntrospection: false }),
    plans: createItemPlans(schema),
    subscriptions: createOpenSubscriptions(),
    server: { changes: server.feed, takeOne: () => undefined } as unknown as Server,
    report: (error) => void reported.push(error),
    watch: () => undefined,
  };
});
beforeEach(() => (asked = { subject: 0, note: 0 }));
afterAll(() => fixture.stop());

const ACTOR: Actor = {
  id: "somebody",
  kind: "PERSON",
  grants: [{ app: null, role: "VIEWER", environments: null }],
};

async function follow(query: string): Promise<AsyncGenerator<Result>> {
  const admitted = admit(edge, { query });
  if (admitted.errors) throw new Error("It is refused.");
  const stream = await run(edge, { actor: ACTOR, requestId: "r" }, admitted);
  if (!isResultStream(stream)) throw new Error("It is no stream.");
  const results = eachOf(stream);
  // From here on all get what happens from memory.
  const kinds = (await next(results, 2)).map(({ data }) => data?.changes?.kind);
  expect(kinds).toEqual(["CHECKPOINT", "CAUGHT_UP"]);
  return results;
}

async function* eachOf(stream: ResultStream): AsyncGenerator<Result> {
  for await (const deliveries of stream) for (const { text } of deliveries) yield JSON.parse(text) as Result;
}

async function next(results: AsyncGenerator<Result>, count: number): Promise<Result[]> {
  const taken: Result[] = [];
  while (taken.length < count) {
    const { value, done } = await results.next();
    if (done === true) throw new Error("It ended.");
    taken.push(value as Result);
  }
  return taken;
}

const event = (name: string) => ({
  data: {
    changes: { kind: "EVENT", event: expect.objectContaining({ subject: `thing_shop_${name}` }) as unknown },
  },
});

describe("a field that fails for one of many who follow", () => {
  it("fails for that one alone, at that event alone; the others share what was executed once", async () => {
    const others = await Promise.all(Array.from({ length: FOLLOWERS }, () => follow(SOUND)));
    const one = await follow(FAILING);
    for (const name of ["before", "broken", "after"]) await write("ThingMade", { name });

    for (const each of others) {
      expect(await next(each, 3)).toEqual([event("before"), event("broken"), event("after")]);
    }
    const [before, broken, after] = await next(one, 3);
    expect([before, after]).toEqual([event("before"), event("after")]);
    expect(broken?.errors).toMatchObject([
      { path: ["changes", "event", "note"], extensions: { code: "INTERNAL" } },
    ]);
    expect(JSON.stringify(broken)).not.toContain("secret");
    expect(reported).toHaveLength(1);
    // Once for all the others, and for the one in its batch, in vain, and then alone.
    expect(asked.subject).toBeLessThanOrEqual(3 + 2 * 3);
    await Promise.all([one, ...others].map((each) => each.return(undefined)));
  });

  it("fails for all who ask for it, each of whom goes on", async () => {
    const both = await Promise.all([follow(FAILING), follow(FAILING)]);
    await write("ThingGrown", { name: "broken", size: 1 });
    await write("ThingMade", { name: "later" });
    for (const each of both) {
      const [broken, later] = await next(each, 2);
      expect(broken?.errors).toMatchObject([{ path: ["changes", "event", "note"] }]);
      expect(later).toEqual(event("later"));
    }
    await Promise.all(both.map((each) => each.return(undefined)));
  });
});

function never(): AsyncIterator<never> {
  throw new Error("Nobody publishes.");
}
