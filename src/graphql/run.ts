import { createSourceEventStream, execute } from "graphql";
import type {
  ExecutionArgs,
  ExecutionResult,
  FormattedExecutionResult,
  GraphQLFormattedError,
} from "graphql";
import { isSubscription, type Admitted } from "./admit";
import { newContext, type Asker, type Edge } from "./edge";
import { formatError } from "./formatError";
import { mapStream } from "./mapStream";
import type { ChangeBatch, ChangeItem } from "../changes/changeFeed";
import type { ItemPlan } from "../changes/itemPlans.graphql";
import { labelOf, outcomeOf } from "./watchOperations";

export type AdmittedOperation = Extract<Admitted, { errors: null }>;

/** A result as it is sent. */
export type Delivery = Readonly<{
  /** The whole result as JSON. */
  text: string;
  errors: readonly GraphQLFormattedError[] | null;
  /** That of the change in it; null where there is none. */
  cursor: string | null;
}>;

/** Results in the batches in which they were made; a batch is never empty. */
export type ResultStream = AsyncGenerator<readonly Delivery[], void, void>;

/** Executes what was admitted: one result, or a stream of them for a subscription. Never rejects for a request's sake. */
export async function run(
  edge: Edge,
  asker: Asker,
  admitted: AdmittedOperation,
): Promise<FormattedExecutionResult | ResultStream> {
  if (!isSubscription(admitted.operation)) return formatted(edge, await runOnce(edge, asker, admitted));
  let leave = (): void => undefined;
  try {
    leave = edge.subscriptions.enter();
    const source = await createSourceEventStream(executionOf(edge, asker, admitted));
    const isStream = isAsyncIterable(source);
    watchBegun(edge, admitted, isStream ? [] : source.errors);
    if (isStream) return subscribed(edge, asker, admitted, source, leave);
    leave();
    return formatted(edge, source);
  } catch (error) {
    leave();
    watchBegun(edge, admitted, [error]);
    return failed(edge, error);
  }
}

/** A subscription has begun, or did not for these errors. */
function watchBegun(edge: Edge, admitted: AdmittedOperation, errors: readonly unknown[] | undefined): void {
  edge.watch(labelOf(admitted.document, admitted.operation), outcomeOf(errors), null);
}

/** The results of a subscription, whose source gives the changes as they come. */
function subscribed(
  edge: Edge,
  asker: Asker,
  admitted: AdmittedOperation,
  source: AsyncIterable<unknown>,
  atEnd: () => void,
): ResultStream {
  const plan = edge.plans.of(admitted);
  return mapStream(source as AsyncIterable<ChangeBatch>, {
    map: (batch) => deliveries(edge, asker, admitted, plan, batch),
    afterError: (error) => [deliveryOf(failed(edge, error), null)],
    atEnd,
  });
}

async function deliveries(
  edge: Edge,
  asker: Asker,
  admitted: AdmittedOperation,
  plan: ItemPlan,
  batch: ChangeBatch,
): Promise<readonly Delivery[]> {
  const texts = plan.textsOf(batch);
  const executed = async (item: ChangeItem): Promise<Delivery> => {
    const result = await execute({ ...executionOf(edge, asker, admitted), rootValue: item });
    return deliveryOf(formatted(edge, result), item.cursor);
  };
  if (texts === null) return Promise.all(batch.items.map(executed));
  return batch.items.map(({ cursor }, index) => ({ text: texts[index] ?? "", errors: null, cursor }));
}

export function deliveryOf(result: FormattedExecutionResult, cursor: string | null): Delivery {
  return { text: JSON.stringify(result), errors: result.errors ?? null, cursor };
}

const failed = ({ report }: Edge, error: unknown): FormattedExecutionResult => ({
  errors: [formatError(error, report)],
});

/** Executes a query or a mutation; its errors are as graphql-js gives them, and must be formatted before anybody sees them. */
export async function runOnce(
  edge: Edge,
  asker: Asker,
  admitted: AdmittedOperation,
): Promise<ExecutionResult> {
  const startedMs = performance.now();
  const result = await execute(executionOf(edge, asker, admitted));
  const seconds = (performance.now() - startedMs) / 1_000;
  edge.watch(labelOf(admitted.document, admitted.operation), outcomeOf(result.errors), seconds);
  return result;
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
