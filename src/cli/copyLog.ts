import { parseArgs } from "node:util";
import { withDatabase } from "./withParts";
import { moveLog } from "../backup/moveLog";
import type { LogChoice } from "../eventstore/openEventStore";
import { PROJECTIONS } from "../parts";
import { createDatabase } from "../postgres/pool";
import { logIn, type Settings } from "../settings";

const USAGE =
  "Say from where to where: npm run log:copy -- --from postgres --to kurrentdb, or the other way round.";
const PROGRESS_EVERY_EVENTS = 50_000;

/** `npm run log:copy`: moves the log from one store into the other. No server may run on the database meanwhile. */
void withDatabase(async (url, settings) => {
  const [from, to] = direction(settings);
  const database = createDatabase(url, { connectionsMax: 4 });
  try {
    const copied = await moveLog({
      database,
      url,
      from,
      to,
      projections: PROJECTIONS,
      onProgress: progress(),
    });
    process.stdout.write(
      `${copied ? told(copied) : "Nothing to do"}: the log is in ${to.kind}. ${NEXT[to.kind]}\n`,
    );
  } finally {
    await database.close();
  }
});

const NEXT = {
  postgres: "Start servers with EVENT_STORE=postgres; the first one makes the read models.",
  kurrentdb: "Start servers with EVENT_STORE=kurrentdb; the first one makes the read models.",
} as const;

type Told = Readonly<{ events: number; added: number; streams: number; hash: string }>;

function told({ events, added, streams, hash }: Told): string {
  return `Copied ${added} events and compared ${events} of ${streams} streams, whose hash is ${hash} in both`;
}

function direction(settings: Settings): [LogChoice, LogChoice] {
  const [from, to] = kindsIn(process.argv.slice(2));
  if (settings.kurrentdbUrl === null) throw new Error("KURRENTDB_URL must say where the KurrentDB is.");
  return [logIn({ ...settings, eventStore: from }), logIn({ ...settings, eventStore: to })];
}

function kindsIn(args: string[]): [LogChoice["kind"], LogChoice["kind"]] {
  try {
    const { values } = parseArgs({ args, options: { from: { type: "string" }, to: { type: "string" } } });
    if (values.from === "postgres" && values.to === "kurrentdb") return ["postgres", "kurrentdb"];
    if (values.from === "kurrentdb" && values.to === "postgres") return ["kurrentdb", "postgres"];
  } catch {
    // As any other that is not understood.
  }
  throw new Error(USAGE);
}

function progress(): (events: number) => void {
  let told = 0;
  return (events) => {
    if (events - told < PROGRESS_EVERY_EVENTS) return;
    told = events;
    process.stderr.write(`${events} events so far.\n`);
  };
}
