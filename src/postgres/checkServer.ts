import { StartupRefused } from "../lib/startupRefused";
import type { Queryable } from "./database";

/** The oldest major version that the SQL is written for. */
export const POSTGRES_VERSION_MIN = 15;

type Server = Readonly<{ number: number; version: string; encoding: string; isStandby: boolean }>;

/** @throws {StartupRefused} if the server is too old, does not hold Unicode text, or cannot be written to. */
export async function checkServer(connection: Queryable): Promise<void> {
  const [server] = await connection.query<Server>(`
    select current_setting('server_version_num')::integer as number,
           current_setting('server_version') as version,
           current_setting('server_encoding') as encoding,
           pg_is_in_recovery() as "isStandby"`);
  const fault = server ? serverFault(server) : null;
  if (fault !== null) throw new StartupRefused(fault);
}

/** What is wrong with a server and what to do, or null. */
export function serverFault({ number, version, encoding, isStandby }: Server): string | null {
  if (number < POSTGRES_VERSION_MIN * 10_000) {
    return `DATABASE_URL names a PostgreSQL ${version}: use version ${POSTGRES_VERSION_MIN} or later.`;
  }
  if (encoding !== "UTF8") {
    return `The database has the encoding ${encoding}: create one with encoding UTF8 and name it in DATABASE_URL.`;
  }
  if (isStandby) return "DATABASE_URL names a standby, which is read-only: name the primary.";
  return null;
}
