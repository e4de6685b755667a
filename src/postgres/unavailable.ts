import { types } from "node:util";
import { DatabaseError } from "pg";
import { describeError, errorsIn } from "../lib/describeError";
import { DatabaseUnavailable } from "./database";

/** The error as callers shall see it: DatabaseUnavailable if the database is away or too slow, else the error itself. */
export function mapDatabaseError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable || !isUnavailable(error)) return error;
  const reason = describeError(error);
  return new DatabaseUnavailable(`The database is away or did not answer in time (${reason}).`, {
    cause: error,
  });
}

/** Classes and codes of PostgreSQL's appendix A that are about the server's state and not about the statement. */
const UNAVAILABLE_STATES = [
  "08", // connection exceptions
  "53", // out of connections, memory or disk
  "58", // I/O errors
  "57014", // statement_timeout
  "55P03", // lock_timeout
  "57P01", // shut down by its administrator
  "57P02", // crashed
  "57P03", // starting up or shutting down
  "57P05", // idle_session_timeout
  "25P03", // idle_in_transaction_session_timeout
  "25006", // read-only: a standby, or a primary that was demoted
] as const;

const UNAVAILABLE_CODES = new Set([
  ..."ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT ENOENT ENOTFOUND EAI_AGAIN".split(" "),
  ..."EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN EADDRNOTAVAIL ENOTCONN".split(" "),
]);

// node-postgres gives these no code.
const UNAVAILABLE_MESSAGES =
  /^Connection terminated|^timeout e|^Query read timeout$|not queryable$|^Cannot use a pool after calling end/;

function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseError) {
    return UNAVAILABLE_STATES.some((state) => error.code?.startsWith(state) === true);
  }
  if (!types.isNativeError(error)) return false;
  return (
    errorsIn(error).some(isUnavailable) ||
    UNAVAILABLE_MESSAGES.test(error.message) ||
    UNAVAILABLE_CODES.has(codeOf(error))
  );
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
