import { Socket } from "node:net";
import { Client, type QueryConfig } from "pg";
import { clientConfig, type ClientOptions } from "./clientConfig";
import { DatabaseUnavailable, type Queryable } from "./database";
import { askOver, createSilenceWatch, type SilenceWatch } from "./silence";
import { mapDatabaseError } from "./unavailable";

export const CLOSE_TIMEOUT_MS = 1_000;

/** One connection that stays with its owner: for LISTEN, for session locks, for a writer of its own. */
export interface Session extends Queryable {
  onNotification(listener: (channel: string, payload: string) => void): void;
  /** Called once when the connection is gone for whatever reason but `close`; at once if it is gone already. */
  onLost(listener: (cause: Error) => void): void;
  /** Cuts the connection without waiting for anybody. What is under way fails, with an outcome that nobody knows. */
  abandon(): void;
  /** Says goodbye, and cuts the connection if that takes longer than `CLOSE_TIMEOUT_MS`. */
  close(): Promise<void>;
}

/** @throws {DatabaseUnavailable} if the database cannot be reached in time. */
export async function openSession(url: string, options: ClientOptions = {}): Promise<Session> {
  // A socket of our own, because only it can be cut when the other side has fallen silent.
  const socket = new Socket();
  const client = new Client({ ...clientConfig(url, options), stream: () => socket });
  const loss = watchLoss(client);
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw mapDatabaseError(error);
  }
  return sessionOf(client, socket, loss, createSilenceWatch(askOver(url), options.silenceMs));
}

function sessionOf(client: Client, socket: Socket, loss: Loss, watch: SilenceWatch): Session {
  let last: Promise<unknown> = Promise.resolve();
  return {
    async query<Row extends object>(text: string, parameters?: readonly unknown[], name?: string) {
      // One at a time, since node-postgres will not queue them for ever.
      const rows = last.then(() => watch.during(client, () => run<Row>(client, text, parameters, name)));
      last = rows.catch(() => undefined);
      return rows;
    },
    onNotification(listener) {
      client.on("notification", ({ channel, payload }) => listener(channel, payload ?? ""));
    },
    onLost: loss.onLost,
    abandon: () => void socket.destroy(),
    async close() {
      loss.expect();
      const timer = setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS);
      await client.end().catch(() => undefined);
      clearTimeout(timer);
      socket.destroy();
    },
  };
}

async function run<Row extends object>(
  client: Client,
  text: string,
  parameters: readonly unknown[] | undefined,
  name: string | undefined,
): Promise<Row[]> {
  const query: QueryConfig = { text };
  if (parameters && parameters.length > 0) query.values = [...parameters];
  if (name !== undefined) query.name = name;
  try {
    return (await client.query<Row>(query)).rows;
  } catch (error) {
    throw mapDatabaseError(error);
  }
}

type Loss = Readonly<{ onLost: Session["onLost"]; expect(): void }>;

function watchLoss(client: Client): Loss {
  const listeners: ((cause: Error) => void)[] = [];
  let cause: Error | null = null;
  let isExpected = false;
  const lose = (error: Error): void => {
    if (cause || isExpected) return;
    cause = new DatabaseUnavailable(`The connection to the database was lost (${error.message}).`, {
      cause: error,
    });
    for (const listener of listeners) listener(cause);
  };
  client.on("error", lose);
  client.on("end", () => lose(new Error("closed by the other side")));
  return {
    onLost(listener) {
      listeners.push(listener);
      if (cause) listener(cause);
    },
    expect() {
      isExpected = true;
    },
  };
}
