import type { GraphQLSchema } from "graphql";
import type { Context, Server } from "./context";
import { createDocuments, type Documents } from "./documents";
import { createOpenSubscriptions, type OpenSubscriptions } from "./openSubscriptions";
import type { ReportError } from "./formatError";
import { createSchema } from "./schema";
import { createItemPlans, type ItemPlans } from "../changes/itemPlans.graphql";
import type { WatchOperation } from "./watchOperations";
import type { Actor } from "../access/roles.policy";

/** What HTTP, event streams and WebSockets share: the same schema, documents, limits, errors. */
export type Edge = Readonly<{
  schema: GraphQLSchema;
  documents: Documents;
  plans: ItemPlans;
  subscriptions: OpenSubscriptions;
  server: Server;
  report: ReportError;
  watch: WatchOperation;
}>;

export function createEdge(
  server: Server,
  { report, watch, hasIntrospection, subscriptionsMax }: EdgeOptions,
): Edge {
  const schema = createSchema();
  return {
    schema,
    documents: createDocuments(schema, { hasIntrospection }),
    plans: createItemPlans(schema),
    subscriptions: createOpenSubscriptions(subscriptionsMax),
    server,
    report,
    watch,
  };
}

type EdgeOptions = Readonly<{
  report: ReportError;
  watch: WatchOperation;
  hasIntrospection: boolean;
  /** At once, of all askers. */
  subscriptionsMax?: number | undefined;
}>;

/** Who asks, and in which request. */
export type Asker = Readonly<{ actor: Actor; requestId: string }>;

/** A context for one request, or for one item of a subscription. */
export function newContext(server: Server, { actor, requestId }: Asker): Context {
  return { server, actor, requestId, loaders: new Map() };
}
