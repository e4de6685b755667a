import { withParts } from "./withParts";
import { upcast } from "../apps/upcasters";
import { PROJECTIONS } from "../parts";
import { rebuildCommand } from "../projections/rebuildCommand";

/** `npm run projections:rebuild [name]`: fills new tables beside the serving ones and swaps them, also while servers run. */
void withParts(async ({ store, database }, logger) => {
  const name = process.argv[2];
  const results = await rebuildCommand({
    store,
    database,
    projections: PROJECTIONS,
    logger,
    upcast,
    ...(name === undefined ? {} : { name }),
  });
  for (const [projection, { events, tookMs }] of results) {
    process.stdout.write(`Rebuilt "${projection}" from ${events} events in ${Math.round(tookMs)} ms.\n`);
  }
});
