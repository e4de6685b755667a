import { upcast } from "../../src/apps/upcasters";
import type { LogChoice } from "../../src/eventstore/openEventStore";
import { numberOf } from "../../src/eventstore/position";
import { verifyEvents, type Verified } from "../../src/eventstore/verifyEvents";
import { openParts, PROJECTIONS } from "../../src/parts";
import { compareWithLog, type Difference } from "../../src/projections/compareWithLog";
import { MODELS_SCHEMA } from "../../src/projections/runner";

export type VerifiedServer = Verified & Readonly<{ differences: readonly Difference[] }>;

/** Holds a server's log to what it promises, and its read models to the log. */
export async function verified(url: string, log: LogChoice = { kind: "postgres" }): Promise<VerifiedServer> {
  const report = (): undefined => undefined;
  const parts = await openParts({ url, connectionsMax: 3, log, now: () => new Date(), report });
  try {
    const { store, database } = parts;
    const found = await verifyEvents({
      store,
      upcast,
      numberOf: log.kind === "postgres" ? numberOf : null,
    });
    const differences: Difference[] = [];
    // A log that is not whole says nothing of the read models.
    for (const projection of found.faults.length > 0 ? [] : PROJECTIONS) {
      const compared = await compareWithLog({ store, database, projection, schema: MODELS_SCHEMA, upcast });
      differences.push(...compared.differences);
    }
    return { ...found, differences };
  } finally {
    await parts.close();
  }
}
