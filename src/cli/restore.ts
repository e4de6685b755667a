import { fileArgument } from "./fileArgument";
import { withParts } from "./withParts";
import { restore } from "../backup/restore";

/** `npm run restore -- file`: fills an empty database and an empty log with what a backup holds. No server may run meanwhile. */
void withParts(async ({ store, database }) => {
  const { rows, events } = await restore({ store, database, path: fileArgument("restore") });
  process.stdout.write(
    `Restored ${events} events and ${rows} rows beside them. The next server that starts makes the read models.\n` +
      "Webhooks send nothing until they are enabled, and consumers get nothing until they start anew.\n",
  );
});
