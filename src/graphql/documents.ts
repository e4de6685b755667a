import {
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { documentFault, nestingFault, operationFaults, TOKENS_MAX } from "./limits";
import { measure, type Measure } from "./measure";
import { storableLiterals } from "./storableLiterals";
import { subscriptionFault } from "./subscriptionFault";
import { recentlyUsed } from "../lib/recentlyUsed";

/** Of documents kept ready, in characters of their text together. */
export const DOCUMENTS_LENGTH_MAX = 500_000;

/** Turns the text of a document into one that may be executed; a text seen before costs a look-up. */
export type Documents = Readonly<{
  prepare: (source: string) => Prepared;
  /** The document that `prepare` made of a text, if it is still in memory. */
  known: (source: string) => DocumentNode | undefined;
}>;

export type Prepared =
  | Readonly<{ document: DocumentNode; operations: readonly MeasuredOperation[]; errors: null }>
  | Readonly<{ errors: readonly GraphQLError[] }>;

export type MeasuredOperation = Readonly<{ operation: OperationDefinitionNode; measured: Measure }>;

export function createDocuments(
  schema: GraphQLSchema,
  { hasIntrospection }: Readonly<{ hasIntrospection: boolean }>,
): Documents {
  const rules = [
    ...specifiedRules,
    storableLiterals,
    ...(hasIntrospection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
  const documents = recentlyUsed<string, Ready>(DOCUMENTS_LENGTH_MAX, ({ length }) => length);
  return {
    prepare(source) {
      const known = documents.get(source);
      if (known) return known.prepared;
      const prepared = prepare(schema, rules, source);
      if (prepared.errors === null) documents.set(source, { prepared, length: source.length });
      return prepared;
    },
    known: (source) => documents.get(source)?.prepared.document,
  };
}

type Ready = Readonly<{ prepared: Extract<Prepared, { errors: null }>; length: number }>;

/** The order matters: each step makes the next one cheap enough for any text that a request can carry. */
function prepare(schema: GraphQLSchema, rules: Parameters<typeof validate>[2], source: string): Prepared {
  const nesting = nestingFault(source);
  if (nesting) return { errors: [nesting] };
  const document = parsed(source);
  if (document instanceof GraphQLError) return { errors: [document] };
  const tooMany = documentFault(document);
  if (tooMany) return { errors: [tooMany] };

  const operations = document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => ({ operation, measured: measure(schema, document, operation, null) }));
  const exceeded = operations.flatMap(({ measured }) => operationFaults(measured));
  if (exceeded.length > 0) return { errors: exceeded };

  const conditional = subscriptionFault(document);
  if (conditional) return { errors: [conditional] };
  const errors = validate(schema, document, rules);
  return errors.length > 0
    ? { errors: errors.map((error) => coded(error, "GRAPHQL_VALIDATION_FAILED")) }
    : { document, operations, errors: null };
}

function parsed(source: string): DocumentNode | GraphQLError {
  try {
    return parse(source, { maxTokens: TOKENS_MAX });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const isTooLong = error.message.includes(`${TOKENS_MAX} tokens`);
    return coded(error, isTooLong ? "LIMIT_EXCEEDED" : "GRAPHQL_PARSE_FAILED");
  }
}

function coded(error: GraphQLError, code: string): GraphQLError {
  const { nodes, source, positions } = error;
  return new GraphQLError(error.message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code, ...error.extensions },
  });
}
