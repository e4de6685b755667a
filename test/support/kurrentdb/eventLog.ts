import type { LogChoice } from "../../../src/eventstore/openEventStore";
import { addressOf } from "./address";
import { startDouble } from "./double";
import { createDoubleLog } from "./log";

/** Where the servers of a test file keep their logs; each server that is not put beside another has a log of its own. */
export type EventLog = Readonly<{ choice: LogChoice; stop: () => Promise<void> }>;

let kind: LogChoice["kind"] = "postgres";

/** From now on, in this file. */
export function keepLogsIn(where: LogChoice["kind"]): void {
  kind = where;
}

export async function freshEventLog(): Promise<EventLog> {
  if (kind === "postgres") return { choice: { kind }, stop: () => Promise.resolve() };
  const double = await startDouble({ log: createDoubleLog({ hasNeighbours: true }) });
  return {
    choice: { kind, address: addressOf(double.url), credentialsFile: null },
    stop: () => double.stop(),
  };
}
