import { writeOutcomes, type Outcome } from "./delivery.queries";
import type { Database } from "../postgres/database";

/** Writes what came of deliveries: what comes while it writes goes together with the next write. */
export interface Outcomes {
  /** Whether the webhook may go on. @throws {DatabaseUnavailable} */
  write(outcome: Outcome): Promise<boolean>;
}

type Waiting = Readonly<{
  outcome: Outcome;
  resolve: (mayGoOn: boolean) => void;
  reject: (error: unknown) => void;
}>;

export function createOutcomes(database: Database): Outcomes {
  let waiting: Waiting[] = [];
  let isWriting = false;

  async function writeAll(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await writeBatch(database, batch);
    }
    isWriting = false;
  }

  return {
    write: (outcome) =>
      new Promise((resolve, reject) => {
        waiting.push({ outcome, resolve, reject });
        void writeAll();
      }),
  };
}

async function writeBatch(database: Database, batch: readonly Waiting[]): Promise<void> {
  try {
    const goingOn = await writeOutcomes(
      database,
      batch.map(({ outcome }) => outcome),
    );
    for (const { outcome, resolve } of batch) resolve(goingOn.has(outcome.webhook.id));
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
