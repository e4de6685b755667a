import {
  executeSync,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  Kind,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type OperationDefinitionNode,
} from "graphql";
import type { ChangeBatch, ChangeItem } from "./changeFeed";
import { toItem } from "./changesRequest.graphql";
import { templateOf, type EventItem, type ItemTemplate } from "./itemTemplate.graphql";
import { invariant } from "../lib/invariant";
import { recentlyUsed } from "../lib/recentlyUsed";

/** What a subscription to `changes` asks of each item. */
export type Asked = Readonly<{
  document: DocumentNode;
  operation: OperationDefinitionNode;
  operationName: string | null;
  variables: Readonly<Record<string, unknown>>;
}>;

/** How the selection of a subscription is executed on items; the same for all who ask for the same of them. */
export type ItemPlan = Readonly<{
  /** The result of each item, `{"data": …}`, as JSON text; null if a field failed, and each item must be executed alone. */
  textsOf: (batch: ChangeBatch) => readonly string[] | null;
}>;

export type ItemPlans = Readonly<{ of: (asked: Asked) => ItemPlan }>;

/** Of the documents whose plans are kept for whoever subscribes next, in characters together. */
const PLANS_LENGTH_MAX = 500_000;

/**
 * Executes subscriptions to `changes` on many items at once, without the arguments of the field, which were read when the
 * subscription began; and once only on an item that many followers get.
 */
export function createItemPlans(schema: GraphQLSchema): ItemPlans {
  const itemsSchema = schemaOfItems(schema);
  const plans = recentlyUsed<string, { plan: ItemPlan; length: number }>(
    PLANS_LENGTH_MAX,
    ({ length }) => length,
  );
  return {
    of(asked) {
      const wanted = withoutArguments(asked);
      const key = JSON.stringify([asked.document.loc?.source.body, asked.operationName, wanted.variables]);
      const known = plans.get(key);
      if (known) return known.plan;
      const plan = createPlan(itemsSchema, wanted);
      plans.set(key, { plan, length: key.length });
      return plan;
    },
  };
}

/** The schema in which `changes` is a list of the items that the subscription gives one by one. */
function schemaOfItems(schema: GraphQLSchema): GraphQLSchema {
  const item = schema.getType("ChangeItem");
  invariant(item instanceof GraphQLObjectType, "the schema has the items of the feed");
  // The name that fragments at the root go by.
  const query = new GraphQLObjectType({
    name: "Subscription",
    fields: { changes: { type: new GraphQLList(item) } },
  });
  return new GraphQLSchema({ query });
}

/** Whether no field that is selected does anything but to give what stands there. */
function isTakenAsItIs(schema: GraphQLSchema, document: DocumentNode): boolean {
  const typeInfo = new TypeInfo(schema);
  let isTaken = true;
  const look = (): void => {
    const field = typeInfo.getFieldDef();
    if (field?.name !== "__typename" && field?.resolve !== undefined) isTaken = false;
  };
  visit(document, visitWithTypeInfo(typeInfo, { Field: look }));
  return isTaken;
}

type Wanted = Readonly<{ document: DocumentNode; variables: Readonly<Record<string, unknown>> }>;

/** The operation as a query, with those variables only that the selection itself has. */
function withoutArguments({ document, operation, variables }: Asked): Wanted {
  const used = new Set<string>();
  const strip = (node: DocumentNode["definitions"][number]) =>
    visit(node, {
      Field: (field) => (field.name.value === "changes" ? { ...field, arguments: [] } : undefined),
      Variable: ({ name }) => void used.add(name.value),
      VariableDefinition: () => false,
    });
  const fragments = document.definitions
    .filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
    .map((fragment) => strip(fragment));
  const stripped = strip(operation) as OperationDefinitionNode;
  const isUsed = (name: string): boolean => used.has(name);
  const query = {
    ...stripped,
    operation: OperationTypeNode.QUERY,
    variableDefinitions: (operation.variableDefinitions ?? []).filter(({ variable }) =>
      isUsed(variable.name.value),
    ),
  };
  return {
    document: { kind: Kind.DOCUMENT, definitions: [query, ...fragments] },
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => isUsed(name))),
  };
}

function createPlan(schema: GraphQLSchema, { document, variables }: Wanted): ItemPlan {
  // Goes with the items, which the ring lets go.
  const shared = new WeakMap<ChangeItem, string>();

  function execute(items: readonly ChangeItem[]): readonly string[] | null {
    if (items.length === 0) return [];
    const rootValue = { changes: items.map(toItem) };
    const { data, errors } = executeSync({ schema, document, rootValue, variableValues: variables });
    const [field] = Object.entries(data ?? {});
    if (errors || !field) return null;
    const [name, results] = field as [string, readonly unknown[]];
    return results.map((result) => `{"data":{"${name}":${JSON.stringify(result)}}}`);
  }

  // Not before there is an event, since most subscriptions begin with other items.
  let template: ItemTemplate | null | undefined = isTakenAsItIs(schema, document) ? undefined : null;

  function textsOf(items: readonly ChangeItem[]): readonly string[] | null {
    if (template === undefined && items.some(isEvent))
      template = templateOf((item) => execute([item])?.[0] ?? null);
    if (!template) return execute(items);
    const others = execute(items.filter((item) => !isEvent(item)));
    if (others === null) return null;
    const rest = others.values();
    return items.map((item) => (isEvent(item) && template ? template(item) : (rest.next().value ?? "")));
  }

  return {
    textsOf({ items, isShared }) {
      if (!isShared) return textsOf(items);
      const missing = items.filter((item) => !shared.has(item));
      const made = textsOf(missing);
      if (made === null) return null;
      missing.forEach((item, index) => shared.set(item, made[index] ?? ""));
      return items.map((item) => shared.get(item) ?? "");
    },
  };
}

function isEvent(item: ChangeItem): item is EventItem {
  return item.kind === "EVENT";
}
