import { withParts } from "./withParts";
import { upcast } from "../apps/upcasters";
import { numberOf } from "../eventstore/position";
import { verifyEvents } from "../eventstore/verifyEvents";
import { PROJECTIONS } from "../parts";
import { compareWithLog } from "../projections/compareWithLog";
import { MODELS_SCHEMA } from "../projections/runner";

/** `npm run log:verify`: whether the log is whole, and the read models are what it says. Servers may run meanwhile. */
void withParts(async ({ store, database, log }) => {
  const hasNoGaps = log.kind === "postgres";
  const { events, streams, faults } = await verifyEvents({
    store,
    upcast,
    numberOf: hasNoGaps ? numberOf : null,
  });
  const lines = [...faults];
  process.stdout.write(`Read ${events} events of ${streams} streams.\n`);
  for (const projection of faults.length > 0 ? [] : PROJECTIONS) {
    const options = { store, database, projection, schema: MODELS_SCHEMA, upcast };
    const { events: compared, failure, differences } = await compareWithLog(options);
    process.stdout.write(`Compared the read model "${projection.name}" with ${compared} events.\n`);
    if (failure !== null) lines.push(`The read model "${projection.name}" stands still: ${failure}`);
    for (const { table, missing, extra, example } of differences) {
      lines.push(`${table}: ${missing} rows are not as the log says, and ${extra} not in it, as ${example}`);
    }
  }
  if (lines.length > 0) throw new Error(lines.join("\n"));
  process.stdout.write("All is as it should be.\n");
});
