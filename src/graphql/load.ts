import type { Context, Server } from "./context";

/** Looks many things up at once. It must be one function that lives as long as the program, since it names the batch. */
export type Batch<Id, Value> = (server: Server, ids: readonly Id[]) => Promise<ReadonlyMap<Id, Value>>;

/**
 * Looks something up together with everything else of its kind that the request asks for at the same moment, and
 * never twice. So a list of a hundred nodes costs one query for each field that needs one, not a hundred.
 */
export function load<Id extends string | number, Value>(
  { loaders, server }: Pick<Context, "loaders" | "server">,
  batch: Batch<Id, Value>,
  id: Id,
): Promise<Value | undefined> {
  // The map is keyed by the batch function, so what stands under it has that function's types.
  const loader = (loaders.get(batch) ?? newLoader()) as Loader<Id, Value>;
  loaders.set(batch, loader);
  const known = loader.results.get(id);
  if (known) return known;

  const found = (loader.next ??= startBatch(loader, batch, server));
  found.ids.push(id);
  const result = found.values.then((values) => values.get(id));
  loader.results.set(id, result);
  return result;
}

type Loader<Id, Value> = {
  readonly results: Map<Id, Promise<Value | undefined>>;
  /** The batch that still collects ids. */
  next: { readonly ids: Id[]; readonly values: Promise<ReadonlyMap<Id, Value>> } | null;
};

function newLoader<Id, Value>(): Loader<Id, Value> {
  return { results: new Map(), next: null };
}

function startBatch<Id, Value>(loader: Loader<Id, Value>, batch: Batch<Id, Value>, server: Server) {
  const ids: Id[] = [];
  const values = afterResolvers().then(() => {
    loader.next = null;
    return batch(server, ids);
  });
  return { ids, values };
}

/** Resolves when the resolvers that are runnable now have asked: their promises settle in microtasks, ticks come after those. */
function afterResolvers(): Promise<void> {
  return new Promise((resolve) => {
    queueMicrotask(() => process.nextTick(resolve));
  });
}
