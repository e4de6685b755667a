import { setTimeout } from "node:timers/promises";
import { describeError } from "../lib/describeError";
import type { Logger } from "../lib/logger";
import { StartupRefused } from "../lib/startupRefused";
import { DatabaseUnavailable } from "./database";
import { createDatabase } from "./pool";

/** How long a database may take to come up beside us, as in a composition of containers. */
export const DATABASE_WAIT_MS = 20_000;

/** @throws {StartupRefused} if the database cannot be used, at once or after a while; says why without the password. */
export async function waitForDatabase(
  url: string,
  logger: Logger,
  waitMs: number = DATABASE_WAIT_MS,
): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (let isFirst = true; ; isFirst = false) {
    const error = await connectError(url);
    if (error === null) return;
    const reason = describeError(error instanceof DatabaseUnavailable ? error.cause : error);
    if (!(error instanceof DatabaseUnavailable) || performance.now() >= deadline) {
      throw refused(url, reason, error);
    }
    if (isFirst) logger.warn(`Waiting for the database at ${withoutSecrets(url)} (${reason}).`);
    await setTimeout(250);
  }
}

async function connectError(url: string): Promise<unknown> {
  const database = createDatabase(url, { connectionsMax: 1 });
  try {
    await database.query("select 1");
    return null;
  } catch (error) {
    return error;
  } finally {
    await database.close();
  }
}

function refused(url: string, reason: string, cause: unknown): StartupRefused {
  const where = withoutSecrets(url);
  return new StartupRefused(
    `The database at ${where} cannot be used (${reason}): check DATABASE_URL and that the database is running.`,
    { cause },
  );
}

/** The url as it may stand in a log: user, host and database, but no password and no parameter. */
function withoutSecrets(url: string): string {
  try {
    const { protocol, username, host, pathname, searchParams } = new URL(url);
    const socket = searchParams.get("host");
    return `${protocol}//${username === "" ? "" : `${username}@`}${socket ?? host}${pathname}`;
  } catch {
    return "DATABASE_URL";
  }
}
