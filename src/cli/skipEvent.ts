import { parseArgs } from "node:util";
import { withDatabase } from "./withParts";
import { upcast } from "../apps/upcasters";
import { lockLog, logInUse, nameInUse } from "../eventstore/logInUse";
import { openEventStore } from "../eventstore/openEventStore";
import { skipEvent, SKIP_REASON_LENGTH_MAX } from "../eventstore/skipEvent";
import { PROJECTIONS } from "../parts";
import { createDatabase } from "../postgres/pool";
import { emptyDerived } from "../projections/emptyDerived";
import { logIn } from "../settings";

const USAGE =
  'Say which event, and why: npm run log:skip -- --stream app-shop --revision 17 --reason "Somebody else wrote it".';

/** `npm run log:skip`: takes an event that cannot be read out of every reader's way. No server may run meanwhile. */
void withDatabase(async (url, settings) => {
  const wanted = wantedIn(process.argv.slice(2));
  const database = createDatabase(url, { connectionsMax: 2 });
  const session = await lockLog(url);
  try {
    const log = logIn(settings);
    const store = await openEventStore(log, { database, url });
    try {
      if ((await logInUse(database)) !== (await nameInUse(log, store))) {
        throw new Error(
          "The database was not filled from this log: set EVENT_STORE and KURRENTDB_URL as the servers have them.",
        );
      }
      await session.query("begin");
      const { event, fault } = await skipEvent({ ...wanted, connection: session, store, upcast });
      await emptyDerived(session, PROJECTIONS);
      await session.query("commit");
      process.stdout.write(
        `${fault}\nSkipped event ${event.revision} of ${event.stream} (${event.type}). ` +
          "Start the servers; the first one makes the read models anew.\n",
      );
    } finally {
      await store.close();
    }
  } finally {
    await session.close();
    await database.close();
  }
});

type Wanted = Readonly<{ stream: string; revision: number; reason: string }>;

function wantedIn(args: string[]): Wanted {
  const values = valuesIn(args);
  const stream = values?.["stream"] ?? "";
  const revision = values?.["revision"] ?? "";
  const reason = (values?.["reason"] ?? "").trim();
  if (stream === "" || !/^\d{1,15}$/.test(revision) || reason === "") throw new Error(USAGE);
  if (reason.length > SKIP_REASON_LENGTH_MAX) {
    throw new Error(`The reason may have ${SKIP_REASON_LENGTH_MAX} characters at most.`);
  }
  return { stream, revision: Number(revision), reason };
}

function valuesIn(args: string[]): Readonly<Record<string, string | undefined>> | null {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ args, options: { stream: text, revision: text, reason: text } }).values;
  } catch {
    return null;
  }
}
