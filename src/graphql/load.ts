import type { Context, Server } from "./context";

/** Looks many things up at once. It must be one function that lives as long as the program, since it names the batch. */
export type Batch<Id, Value> = (server: Server, ids: readonly Id[]) => Promise<ReadonlyMap<Id, Value>>;

/** In one batch; whoever asks for more than is left of it is in the next one. */
export const BATCH_IDS_MAX = 1_000;

/**
 * Looks something up together with everything else of its kind that is asked for at the same moment, and never twice for
 * one request. So a list of a hundred nodes costs one query for each field that needs one, not a hundred; and so do a
 * hundred mutations that were projected together.
 */
export function load<Id extends string | number, Value>(
  { loaders, server }: Pick<Context, "loaders" | "server">,
  batch: Batch<Id, Value>,
  id: Id,
): Promise<Value | undefined> {
  // The map is keyed by the batch function, so what stands under it has that function's types.
  const results = (loaders.get(batch) ?? new Map()) as Map<Id, Promise<Value | undefined>>;
  loaders.set(batch, results);
  const known = results.get(id);
  if (known) return known;

  const next = collectingOf(server, batch);
  next.ids.add(id);
  const result = next.values.then((values) => values.get(id));
  results.set(id, result);
  return result;
}

/** A batch that still collects ids, of all requests of a server. */
type Collecting<Id, Value> = Readonly<{ ids: Set<Id>; values: Promise<ReadonlyMap<Id, Value>> }>;

const collecting = new WeakMap<Server, Map<object, unknown>>();

function collectingOf<Id, Value>(server: Server, batch: Batch<Id, Value>): Collecting<Id, Value> {
  const batches = collecting.get(server) ?? new Map<object, unknown>();
  collecting.set(server, batches);
  // Keyed by the batch function, as above.
  const started = batches.get(batch) as Collecting<Id, Value> | undefined;
  if (started && started.ids.size < BATCH_IDS_MAX) return started;

  const ids = new Set<Id>();
  const values = afterResolvers().then(() => {
    if (batches.get(batch) === next) batches.delete(batch);
    return batch(server, [...ids]);
  });
  const next = { ids, values };
  batches.set(batch, next);
  return next;
}

/** Resolves when the resolvers that are runnable now have asked: their promises settle in microtasks, ticks come after those. */
function afterResolvers(): Promise<void> {
  return new Promise((resolve) => {
    queueMicrotask(() => process.nextTick(resolve));
  });
}
