import { randomUUID } from "node:crypto";
import type { Upcast } from "./logReader";
import type { Projection } from "./projection";
import { rebuild, type RebuildResult } from "./rebuild";
import { MODELS_SCHEMA } from "./runner";
import type { EventStore } from "../eventstore/eventStore";
import type { Logger } from "../lib/logger";
import type { Database } from "../postgres/database";

export type RebuildCommandOptions = Readonly<{
  store: EventStore;
  database: Database;
  projections: readonly Projection[];
  logger: Logger;
  upcast?: Upcast;
  /** Only this projection; all if it is left out. */
  name?: string;
}>;

/** The work behind `npm run projections:rebuild [name]`. Servers may run meanwhile; they go on with the new tables. */
export async function rebuildCommand(
  options: RebuildCommandOptions,
): Promise<ReadonlyMap<string, RebuildResult>> {
  const { projections, name, upcast = (event) => event } = options;
  const chosen = projections.filter((projection) => name === undefined || projection.name === name);
  if (chosen.length === 0) {
    const names = projections.map((projection) => projection.name).join(", ");
    throw new Error(`There is no projection "${name}". There are: ${names}.`);
  }
  const results = new Map<string, RebuildResult>();
  for (const projection of chosen) {
    const owner = randomUUID();
    const result = await rebuild({ ...options, upcast, projection, schema: MODELS_SCHEMA, owner });
    results.set(projection.name, result);
  }
  return results;
}
