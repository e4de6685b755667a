import { randomUUID } from "node:crypto";
import { jsonEvent } from "@eventstore/db-client";
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

async function makeLogId(connection: Connection, stream: string): Promise<string> {
  const event = jsonEvent({ id: randomUUID(), type: TYPE, data: { logId: randomUUID() } });
  await connection.append(stream, [event], NO_STREAM);
  const named = await readNamed(connection, stream);
  invariant(named !== null, `KurrentDB's stream "${stream}" was made and is gone`);
  return named;
}

async function readNamed(connection: Connection, stream: string): Promise<string | null> {
  const [last] = await connection.read(lastOfStream(stream));
  if (!last) return null;
  const named: unknown = JSON.parse(Buffer.from(last.data).toString("utf8"));
  const logId = typeof named === "object" && named !== null && "logId" in named ? named.logId : null;
  invariant(typeof logId === "string", `the last event of KurrentDB's stream "${stream}" names no log`);
  return logId;
}
