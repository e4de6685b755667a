import { GraphQLError, OperationTypeNode, type DocumentNode, type OperationDefinitionNode } from "graphql";
import type { GraphQLSchema } from "graphql";
import type { Documents, MeasuredOperation } from "./documents";
import { jsonFault } from "./jsonFault";
import { operationFaults } from "./limits";
import { measure } from "./measure";
import { NOT_READ, type WatchOperation } from "./watchOperations";

/** What a request asks for, whichever way it came; nothing of it was checked. */
export type GraphqlRequest = Readonly<{ query?: unknown; operationName?: unknown; variables?: unknown }>;

export type Admitted =
  | Readonly<{
      errors: null;
      document: DocumentNode;
      operation: OperationDefinitionNode;
      operationName: string | null;
      variables: Readonly<Record<string, unknown>>;
    }>
  | Readonly<{ errors: readonly GraphQLError[] }>;

/** Decides if a request may be executed: HTTP, WebSocket and event streams all come in by this door. */
export function admit(
  { watch, ...parts }: Parts & Readonly<{ watch: WatchOperation }>,
  request: GraphqlRequest,
): Admitted {
  const admitted = decide(parts, request);
  if (admitted.errors !== null) watch(NOT_READ, "rejected", null);
  return admitted;
}

type Parts = Readonly<{ schema: GraphQLSchema; documents: Documents }>;

function decide({ schema, documents }: Parts, { query, operationName, variables }: GraphqlRequest): Admitted {
  if (typeof query !== "string" || query === "")
    return refused(`Send a document as "query", a text.`, ["query"]);
  if (!isVariables(variables)) return refused(`"variables" must be an object.`, ["variables"]);
  if (!isOptionalText(operationName)) return refused(`"operationName" must be a text.`, ["operationName"]);
  const prepared = documents.prepare(query);
  if (prepared.errors !== null) return prepared;
  const { document, operations } = prepared;

  const chosen = chooseOperation(operations, operationName ?? null);
  if (!chosen) return refused(WHICH_OPERATION, ["operationName"]);
  const fault = variables ? jsonFault(variables) : null;
  if (fault) return refused(fault.message, fault.path);

  if (chosen.measured.dependsOnVariables) {
    const measured = measure(schema, document, chosen.operation, variables ?? null);
    const exceeded = operationFaults(measured);
    if (exceeded.length > 0) return { errors: exceeded };
  }
  return {
    errors: null,
    document,
    operation: chosen.operation,
    operationName: operationName ?? null,
    variables: variables ?? {},
  };
}

export const isSubscription = ({ operation }: OperationDefinitionNode): boolean =>
  operation === OperationTypeNode.SUBSCRIPTION;

const WHICH_OPERATION = `The document must hold one operation, or "operationName" must name one of them.`;

function chooseOperation(
  operations: readonly MeasuredOperation[],
  operationName: string | null,
): MeasuredOperation | undefined {
  if (operationName === null) return operations.length === 1 ? operations[0] : undefined;
  return operations.find(({ operation }) => operation.name?.value === operationName);
}

function isVariables(value: unknown): value is Record<string, unknown> | null | undefined {
  return value === undefined || (typeof value === "object" && !Array.isArray(value));
}

function isOptionalText(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === "string";
}

function refused(message: string, path: readonly string[]): Admitted {
  return { errors: [new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT", path } })] };
}
