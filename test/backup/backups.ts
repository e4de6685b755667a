import { open } from "node:fs/promises";
import { backUp } from "../../src/backup/backup";
import { restore } from "../../src/backup/restore";
import type { LogChoice } from "../../src/eventstore/openEventStore";
import { openParts, type Parts } from "../../src/parts";
import { freshEventLog } from "../support/kurrentdb/eventLog";
import { freshDatabase } from "../support/postgres";
import type { TestServer } from "../support/wholeServer";

export async function withParts<Result>(
  url: string,
  log: LogChoice,
  work: (parts: Parts) => Promise<Result>,
): Promise<Result> {
  const report = (): undefined => undefined;
  const parts = await openParts({ url, connectionsMax: 3, log, now: () => new Date(), report });
  try {
    return await work(parts);
  } finally {
    await parts.close();
  }
}

export async function writeBackup(server: TestServer, path: string): Promise<object> {
  const file = await open(path, "wx");
  try {
    return await withParts(server.databaseUrl, server.eventLog, (parts) =>
      backUp({ ...parts, file, now: () => new Date() }),
    );
  } finally {
    await file.close();
  }
}

/** A database and a log where there is nothing, to restore into. */
export async function emptyServer() {
  const database = await freshDatabase({ migrated: true });
  const eventLog = await freshEventLog();
  const report = (): undefined => undefined;
  const parts = await openParts({
    ...{ url: database.url, connectionsMax: 3, log: eventLog.choice, report },
    now: () => new Date(),
  });
  return {
    ...{ url: database.url, log: eventLog.choice },
    restore: (from: string) => restore({ ...parts, path: from }),
    async drop() {
      await parts.close();
      await database.drop();
      await eventLog.stop();
    },
  };
}
