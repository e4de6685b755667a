import { createSourceEventStream, execute } from "graphql";
import type { ExecutionArgs, ExecutionResult, FormattedExecutionResult } from "graphql";
import { isSubscription, type Admitted } from "./admit";
import { newContext, type Asker, type Edge } from "./edge";
import { formatError } from "./formatError";
import { mapStream } from "./mapStream";

export type AdmittedOperation = Extract<Admitted, { errors: null }>;
export type ResultStream = AsyncGenerator<FormattedExecutionResult, void, void>;

/** Executes what was admitted: one result, or a stream of them for a subscription. Never rejects for a request's sake. */
export async function run(
  edge: Edge,
  asker: Asker,
  admitted: AdmittedOperation,
): Promise<FormattedExecutionResult | ResultStream> {
  if (!isSubscription(admitted.operation)) return formatted(edge, await runOnce(edge, asker, admitted));
  const source = await createSourceEventStream(executionOf(edge, asker, admitted));
  if (!isAsyncIterable(source)) return formatted(edge, source);
  return mapStream(source, {
    // Look-ups are remembered by a context, so each item has its own and shows the present.
    map: async (rootValue) =>
      formatted(edge, await execute({ ...executionOf(edge, asker, admitted), rootValue })),
    afterError: (error) => ({ errors: [formatError(error, edge.report)] }),
  });
}

/** Executes a query or a mutation; its errors are as graphql-js gives them, and must be formatted before anybody sees them. */
export async function runOnce(
  edge: Edge,
  asker: Asker,
  admitted: AdmittedOperation,
): Promise<ExecutionResult> {
  return execute(executionOf(edge, asker, admitted));
}

function executionOf(
  { schema, server }: Edge,
  asker: Asker,
  { document, operationName, variables }: AdmittedOperation,
): ExecutionArgs {
  const contextValue = newContext(server, asker);
  return { schema, document, operationName, variableValues: variables, contextValue };
}

export function isResultStream(result: FormattedExecutionResult | ResultStream): result is ResultStream {
  return isAsyncIterable(result);
}

function formatted({ report }: Edge, result: ExecutionResult): FormattedExecutionResult {
  if (!result.errors) return result as FormattedExecutionResult;
  return { ...result, errors: result.errors.map((error) => formatError(error, report)) };
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}
