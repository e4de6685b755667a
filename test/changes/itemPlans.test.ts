import { execute, getOperationAST, parse } from "graphql";
import type { ChangeEvent, ChangeItem } from "../../src/changes/changeFeed";
import { createItemPlans } from "../../src/changes/itemPlans.graphql";
import { createSchema } from "../../src/graphql/schema";
import { recorded } from "../projections/things";

const schema = createSchema();
const plans = createItemPlans(schema);

const item = (revision: number): ChangeItem => ({
  cursor: `c${revision}`,
  kind: "EVENT",
  event: {
    id: recorded("KeyCreated", {}, revision).id,
    type: "KeyCreated",
    source: "/apps/shop",
    dataschema: "/events/KeyCreated.v1.schema.json",
    sequence: String(revision),
    subject: "key_1",
    entityKind: "Key",
    time: "2026-01-01T00:00:00.000Z",
    actor: "somebody",
    note: "",
    environment: null,
    before: null,
    after: { name: "a", list: [1, "x"] },
  },
});
/** Of each fact, what JSON spells in a way of its own. */
const odd = (): ChangeItem => {
  const document = { a: `"\\\n\u2028💥`, "10": [1e21, -0, null], "%1:note%": '"%1:cursor%"' };
  const { event } = item(3);
  return {
    ...{ cursor: `"c`, kind: "EVENT", lease: "%2:lease%" },
    event: {
      ...event,
      actor: `"\t\ud800`,
      note: '"%1:id%"',
      environment: "é",
      before: document,
      after: document,
    } as ChangeEvent,
    texts: { before: JSON.stringify(document), after: JSON.stringify(document) },
  };
};
const CHECKPOINT: ChangeItem = { cursor: "c", kind: "CHECKPOINT", event: null };

function asked(source: string, variables: Record<string, unknown> = {}) {
  const document = parse(source);
  const operation = getOperationAST(document);
  if (!operation) throw new Error("It has one operation.");
  return { document, operation, operationName: null, variables };
}

describe("a subscription's selection, executed on many items at once", () => {
  it.each([
    [
      `subscription { changes(app: "shop") { cursor kind lease event { id type actor { id } before after } } }`,
      {},
    ],
    [
      `subscription { changes(app: "shop") { event { id type source specversion subject time datacontenttype dataschema sequence entityKind actor { __typename id } note environment b: before a: after after } lease kind cursor } }`,
      {},
    ],
    [
      `subscription { changes(app: "shop") { cursor event { subject differences: changes { __typename } after } } }`,
      {},
    ],
    [
      `subscription ($app: String!, $filter: ChangeFilterInput) { c: changes(app: $app, filter: $filter) { __typename k: kind } }`,
      { app: "shop", filter: {} },
    ],
    [
      `subscription S($with: Boolean!, $after: String) { ...Root } fragment Root on Subscription { changes(app: "shop", after: $after) { cursor ...Event } } fragment Event on ChangeItem { event @include(if: $with) { time ... on ChangeEvent { specversion } } }`,
      { with: true, after: "c1" },
    ],
    [
      `subscription S($with: Boolean = false) { changes(app: "shop") { cursor event @skip(if: $with) { note } } changes(app: "shop") { kind } }`,
      {},
    ],
  ])("gives what graphql-js gives for each alone: %s", async (source, variables) => {
    const request = asked(source, variables);
    const items = [item(1), CHECKPOINT, item(2), odd()];
    const alone = await Promise.all(
      items.map(async (rootValue) =>
        execute({ schema, document: request.document, rootValue, variableValues: variables }),
      ),
    );
    const texts = plans.of(request).textsOf({ items, isShared: false });
    expect(texts).toEqual(alone.map((result) => JSON.stringify(result)));
    expect(texts?.[0]).toContain("data");
  });

  it("sends documents as the text in which they stand, and parses none", () => {
    const source = `subscription { changes(app: "shop") { event { a: after subject before } } }`;
    const { event } = item(1);
    const unread = {
      ...{ cursor: "c", kind: "EVENT", texts: { before: null, after: `{"as":"it stands"}` } },
      event: {
        ...event,
        get after() {
          throw new Error("Nobody has to look into it.");
        },
      },
    } as unknown as ChangeItem;
    expect(plans.of(asked(source)).textsOf({ items: [unread], isShared: false })).toEqual([
      `{"data":{"changes":{"event":{"a":{"as":"it stands"},"subject":"key_1","before":null}}}}`,
    ]);
  });

  it("is executed once on an item for all who ask for the same of it, wherever they begin", () => {
    const source = `subscription ($after: String) { changes(app: "shop", after: $after) { event { id } } }`;
    const plan = plans.of(asked(source, { after: "a" }));
    expect(plans.of(asked(source, { after: "b" }))).toBe(plan);
    let reads = 0;
    const { event } = item(1);
    const watched = {
      ...item(1),
      get event() {
        reads++;
        return event;
      },
    } as unknown as ChangeItem;
    const first = plan.textsOf({ items: [watched], isShared: true });
    const readsOfOne = reads;
    expect(plan.textsOf({ items: [item(0), watched], isShared: true })?.[1]).toBe(first?.[0]);
    expect(reads).toBe(readsOfOne);
  });

  it("is another one where the variables inside differ", () => {
    const source = `subscription ($x: Boolean!) { changes(app: "shop") { cursor kind @include(if: $x) } }`;
    const textsWith = (x: boolean) =>
      plans.of(asked(source, { x })).textsOf({ items: [CHECKPOINT], isShared: true });
    expect(textsWith(true)).toEqual([`{"data":{"changes":{"cursor":"c","kind":"CHECKPOINT"}}}`]);
    expect(textsWith(false)).toEqual([`{"data":{"changes":{"cursor":"c"}}}`]);
  });
});
