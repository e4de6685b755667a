import { access, open, rename, rm } from "node:fs/promises";
import { fileArgument } from "./fileArgument";
import { withParts } from "./withParts";
import { backUp } from "../backup/backup";

/** `npm run backup -- file`: all events, and all that is not derived from them, in one file. Servers may run meanwhile. */
void withParts(async ({ store, database }) => {
  const path = fileArgument("backup");
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new Error(`There is a file ${path} already; name another one.`);
  // What has the name is whole.
  const unfinished = `${path}.unfinished`;
  const file = await open(unfinished, "w", 0o600);
  try {
    const { rows, events } = await backUp({ store, database, file, now: () => new Date() });
    await file.sync();
    await file.close();
    await rename(unfinished, path);
    process.stdout.write(`Backed up ${events} events and ${rows} rows beside them to ${path}.\n`);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(unfinished, { force: true });
    throw error;
  }
});
