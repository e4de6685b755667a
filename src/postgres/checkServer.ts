import { StartupRefused } from "../lib/startupRefused";
import type { Queryable } from "./database";

/** The oldest major version that the SQL is written for. */
export const POSTGRES_VERSION_MIN = 15;

type Server = Readonly<{
  number: number;
  version: string;
  encoding: string;
  hasUnicodeRules: boolean;
  isStandby: boolean;
}>;

/** Of the rules of Unicode for every language: how lists and searches tell that texts are the same in lower case. */
export const UNICODE_COLLATION = "und-x-icu";

/** @throws {StartupRefused} if the server is too old, does not hold Unicode text or know its rules, or cannot be written to. */
export async function checkServer(connection: Queryable): Promise<void> {
  const [server] = await connection.query<Server>(`
    select current_setting('server_version_num')::integer as number,
           current_setting('server_version') as version,
           current_setting('server_encoding') as encoding,
           exists (select from pg_collation where collname = '${UNICODE_COLLATION}') as "hasUnicodeRules",
           pg_is_in_recovery() as "isStandby"`);
  const fault = server ? serverFault(server) : null;
  if (fault !== null) throw new StartupRefused(fault);
}

/** What is wrong with a server and what to do, or null. */
export function serverFault(server: Server): string | null {
  const { number, version, encoding, hasUnicodeRules, isStandby } = server;
  if (number < POSTGRES_VERSION_MIN * 10_000) {
    return `DATABASE_URL names a PostgreSQL ${version}: use version ${POSTGRES_VERSION_MIN} or later.`;
  }
  if (encoding !== "UTF8") {
    return `The database has the encoding ${encoding}: create one with encoding UTF8 and name it in DATABASE_URL.`;
  }
  if (!hasUnicodeRules) {
    return `The database has no collation "${UNICODE_COLLATION}": use a PostgreSQL that was built with ICU, as most are.`;
  }
  if (isStandby) return "DATABASE_URL names a standby, which is read-only: name the primary.";
  return null;
}
