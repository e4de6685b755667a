import {
  ApolloServer,
  type ApolloServerOptions,
  type ApolloServerPlugin,
  type GraphQLRequestContext,
} from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import type { DocumentNode, ExecutionResult, GraphQLSchema } from "graphql";
import type { Documents } from "../graphql/documents";
import type { Edge } from "../graphql/edge";
import { comeBack, formatError } from "../graphql/formatError";
import { TOKENS_MAX } from "../graphql/limits";

/** All that Apollo Server knows of a request that was admitted: how to get its result. */
export type Execution = Readonly<{ execute: () => Promise<ExecutionResult> }>;

/** Apollo Server, set to answer what `admit` let in: parsing, limits and validation are done by then. */
export function createApollo({
  schema,
  documents,
  report,
}: Pick<Edge, "schema" | "documents" | "report">): ApolloServer<Execution> {
  return new ApolloServer<Execution>({
    gateway: executedByUs(schema),
    // Introspection is refused where documents are validated, or not at all.
    introspection: true,
    dangerouslyDisableValidation: true,
    documentStore: null,
    parseOptions: { maxTokens: TOKENS_MAX },
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: "production",
    formatError: (_, error) => formatError(error, report),
    plugins: [
      // Its per-field wrapper is Apollo's largest avoidable cost.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ourDocuments(documents),
    ],
  });
}

/** Apollo's hook for servers that execute by themselves: over HTTP, sockets and event streams it is then the same code. */
function executedByUs(schema: GraphQLSchema): NonNullable<ApolloServerOptions<Execution>["gateway"]> {
  return {
    onSchemaLoadOrUpdate(tell) {
      tell({ apiSchema: schema, coreSupergraphSdl: "" });
      return () => undefined;
    },
    load: () => Promise.resolve({ executor: ({ context }) => (context as Execution).execute() }),
    stop: () => Promise.resolve(),
  };
}

/** Gives Apollo the document that was prepared, and answers 503 where the database was away, and 429 what was too much. */
function ourDocuments(documents: Documents): ApolloServerPlugin<Execution> {
  const listener = Promise.resolve({
    didResolveSource(request: GraphQLRequestContext<Execution>) {
      // Apollo parses what has no document yet. Its type forbids to set one; its pipeline is made to be given one.
      (request as { document?: DocumentNode | undefined }).document = documents.known(request.source ?? "");
      return Promise.resolve();
    },
    didEncounterErrors({ errors = [], response }: GraphQLRequestContext<Execution>) {
      // They are reported where the answer is made; here only their codes matter.
      const later = comeBack(errors.map((error) => formatError(error, () => undefined)));
      if (later) {
        response.http.status = later.status;
        response.http.headers.set("retry-after", String(later.seconds));
      }
      return Promise.resolve();
    },
  });
  return { requestDidStart: () => listener };
}
