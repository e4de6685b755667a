import { randomUUID } from "node:crypto";
import { GraphQLError, Kind, type GraphQLFormattedError } from "graphql";
import { ConsumerBusy, CursorUnknown, LeaseLost } from "../changes/changeFeed";
import { StoreUnavailable } from "../eventstore/eventStore";
import { KeysUnavailable } from "../access/jwks";
import { RateLimited } from "../access/rateLimits";
import { DatabaseUnavailable } from "../postgres/database";
import { NotProjected } from "../projections/positionBoard";

/** Writes an error of ours where its id can be looked up. */
export type ReportError = (id: string, error: unknown) => void;

/** The error as callers shall see it: what they can mend in full, our own faults as an id that stands in the log. */
export function formatError(error: unknown, report: ReportError): GraphQLFormattedError {
  const cause = innermost(error);
  if (cause instanceof DatabaseUnavailable || cause instanceof StoreUnavailable) {
    return withPlace(error, UNAVAILABLE, { code: "UNAVAILABLE" });
  }
  if (cause instanceof NotProjected) return withPlace(error, NOT_SHOWN_YET, { code: "UNAVAILABLE" });
  if (cause instanceof KeysUnavailable) return withPlace(error, NO_KEYS, { code: "UNAVAILABLE" });
  if (cause instanceof RateLimited) {
    const { retryAfterSeconds } = cause;
    return withPlace(error, cause.message, { code: "RATE_LIMITED", retryAfterSeconds });
  }
  if (cause instanceof ConsumerBusy) return withPlace(error, cause.message, { code: "CONSUMER_BUSY" });
  if (cause instanceof LeaseLost) return withPlace(error, cause.message, { code: "LEASE_LOST" });
  if (cause instanceof CursorUnknown) return withPlace(error, cause.message, { code: "CURSOR_UNKNOWN" });
  const code = cause instanceof GraphQLError ? publicCode(error) : null;
  if (code !== null && error instanceof Error) {
    return withPlace(error, error.message, { code, ...pathIn(error) });
  }
  const id = randomUUID();
  report(id, error);
  return withPlace(error, "Something went wrong on our side.", { code: "INTERNAL", id });
}

/** How an answer with these errors should tell clients and proxies to come back later, and when; null: it should not. */
export function comeBack(
  errors: readonly GraphQLFormattedError[],
): Readonly<{ status: 429 | 503; seconds: number }> | null {
  if (errors.some(({ extensions }) => extensions?.["code"] === "UNAVAILABLE")) {
    return { status: 503, seconds: RETRY_AFTER_SECONDS };
  }
  const waits = errors.flatMap(({ extensions }) => {
    const seconds = extensions?.["retryAfterSeconds"];
    return typeof seconds === "number" ? [seconds] : [];
  });
  return waits.length === 0 ? null : { status: 429, seconds: Math.max(...waits) };
}

/** After which the database may be back. */
const RETRY_AFTER_SECONDS = 1;

const UNAVAILABLE =
  "The database is away for the moment. Send the request again, a mutation with the same commandId: nothing is half done.";

const NO_KEYS =
  "The identity provider's keys cannot be had for the moment, so nobody can say if your JWT is good. Send the request again.";

const NOT_SHOWN_YET =
  "The change is saved, but what shows it is behind. Read again in a moment, or send it again with the same commandId.";

/** What callers can mend, or must know. Everything else is a fault of ours. */
const PUBLIC_CODES: ReadonlySet<unknown> = new Set([
  ...["BAD_USER_INPUT", "UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "CURSOR_UNKNOWN", "UNAVAILABLE"],
  ...["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "LIMIT_EXCEEDED", "BAD_REQUEST"],
  // Clients then send their documents whole.
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);

function innermost(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/** The code of the error, or of one that it wraps, if callers can do something with it. */
function publicCode(error: unknown): string | null {
  for (let layer = error; layer instanceof GraphQLError; layer = layer.originalError) {
    const { code } = layer.extensions;
    // type-graphql's word for a right that is missing.
    if (code === "UNAUTHORIZED") return "FORBIDDEN";
    if (PUBLIC_CODES.has(code)) return String(code);
    // graphql-js gives none to variables and arguments that fit no type; it points at where they stand. At a field it
    // points for an answer that fits no type, which is our fault.
    const place = layer.nodes?.[0]?.kind;
    if (code === undefined && place !== undefined && place !== Kind.FIELD) return "BAD_USER_INPUT";
  }
  return null;
}

function withPlace(
  error: unknown,
  message: string,
  extensions: Readonly<Record<string, unknown>>,
): GraphQLFormattedError {
  if (!(error instanceof GraphQLError)) return { message, extensions };
  const { locations, path } = error;
  return { message, ...(locations && { locations }), ...(path && { path }), extensions };
}

/** The path to the input at fault: as its finder gave it, or as graphql-js says it in words. */
function pathIn(error: Error): { path?: readonly string[] } {
  const given = error instanceof GraphQLError ? error.extensions["path"] : undefined;
  if (Array.isArray(given)) return { path: given.map(String) };
  const [, variable, place] = INVALID_VARIABLE.exec(error.message) ?? [];
  if (variable === undefined) return {};
  return { path: (place ?? variable).replace(/\[(\d+)\]/g, ".$1").split(".") };
}

// The value between stands there as the caller sent it, so the last place named is graphql-js's own.
const INVALID_VARIABLE = /^Variable "\$(\w+)" got invalid value (?:.* at "([^"]+)"; )?/s;
