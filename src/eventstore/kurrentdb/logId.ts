import { randomUUID } from "node:crypto";
import type { EventToWrite } from "./appendRequest";
import type { Connection } from "./connection";
import { lastOfStream } from "./requests";
import { invariant } from "../../lib/invariant";
import { NO_STREAM } from "../eventStore";

const TYPE = "LogNamed";

/**
 * The log's identity, which stands in a stream of its own that is none of the log's: made by whoever comes first. The last
 * event holds, so that a restored copy can be given another by one more event.
 */
export async function readLogId(connection: Connection, stream: string): Promise<string> {
  return (await readNamed(connection, stream)) ?? makeLogId(connection, stream);
}

/** Appends another identity, unless somebody else does so at the same time. */
export async function writeLogId(connection: Connection, stream: string, logId: string): Promise<void> {
  const [last] = await connection.read(lastOfStream(stream));
  await connection.append(stream, [named(logId)], last?.revision ?? NO_STREAM);
  const written = await readNamed(connection, stream);
  invariant(written === logId, `KurrentDB's stream "${stream}" names another log now`);
}

const named = (logId: string): EventToWrite => ({
  ...{ id: randomUUID(), type: TYPE, data: JSON.stringify({ logId }), metadata: "" },
});

async function makeLogId(connection: Connection, stream: string): Promise<string> {
  await connection.append(stream, [named(randomUUID())], NO_STREAM);
  const made = await readNamed(connection, stream);
  invariant(made !== null, `KurrentDB's stream "${stream}" was made and is gone`);
  return made;
}

async function readNamed(connection: Connection, stream: string): Promise<string | null> {
  const [last] = await connection.read(lastOfStream(stream));
  if (!last) return null;
  const data: unknown = JSON.parse(Buffer.from(last.data).toString("utf8"));
  const logId = typeof data === "object" && data !== null && "logId" in data ? data.logId : null;
  invariant(typeof logId === "string", `the last event of KurrentDB's stream "${stream}" names no log`);
  return logId;
}
