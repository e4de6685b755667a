import type { GraphQLSchema } from "graphql";
import { buildSchemaSync, type NonEmptyArray, type PubSub } from "type-graphql";
import { NodeResolver } from "./node.resolver";
import { InUseError, InputError, VersionConflictError } from "./userError";
import { mayDo } from "../access/mayDo";
import { Environment } from "../apps/app.graphql";
import { AppResolver } from "../apps/app.resolver";
import { invariant } from "../lib/invariant";

/** The API: every slice's resolvers, and the types that only stand behind interfaces. */
export function createSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: RESOLVERS,
    orphanedTypes: [InputError, InUseError, VersionConflictError, Environment],
    authChecker: mayDo,
    // Deciders check what they are given, and say all that is wrong with it.
    validate: false,
    pubSub: UNUSED_PUB_SUB,
  });
}

type ResolverClass = NonEmptyArray<NewableFunction>[number];
const RESOLVERS: NonEmptyArray<ResolverClass> = [NodeResolver, AppResolver];

// type-graphql insists on one where there is a subscription, also if each brings its own source.
const UNUSED_PUB_SUB: PubSub = {
  publish: () => invariant(false, "subscriptions read the change feed, nobody publishes"),
  subscribe: () => {
    throw new Error("Invariant broken: subscriptions read the change feed.");
  },
};
