import { withParts } from "./withParts";
import { upcast } from "../apps/upcasters";
import { PROJECTIONS } from "../parts";
import { createDatabase } from "../postgres/pool";
import { rebuildCommand } from "../projections/rebuildCommand";
import { PROJECTION_DATABASE } from "../projections/runner";

/** `npm run projections:rebuild [name]`: fills new tables beside the serving ones and swaps them, also while servers run. */
void withParts(async ({ store, url }, logger) => {
  const name = process.argv[2];
  const database = createDatabase(url, PROJECTION_DATABASE);
  const results = await rebuildCommand({
    store,
    database,
    projections: PROJECTIONS,
    logger,
    upcast,
    ...(name === undefined ? {} : { name }),
  }).finally(() => database.close());
  for (const [projection, { events, tookMs }] of results) {
    process.stdout.write(`Rebuilt "${projection}" from ${events} events in ${Math.round(tookMs)} ms.\n`);
  }
});
