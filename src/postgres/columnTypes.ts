import { types, type CustomTypesConfig } from "pg";
import { invariant } from "../lib/invariant";

/**
 * How columns become values: bigint a number, timestamptz an ISO 8601 string in UTC with milliseconds, json and jsonb
 * what they hold, everything else as node-postgres does it (numeric stays a string, so sum(bigint) does too).
 */
export const columnTypes: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (format === "binary") return types.getTypeParser(oid, "binary");
    return parsers.get(oid) ?? types.getTypeParser(oid, "text");
    // node-postgres declares one overload per known type; what it calls is this one function.
  }) as CustomTypesConfig["getTypeParser"],
};

// Object ids of pg_type, which node-postgres does not name.
const BIGINT_ARRAY = 1016;
const TIMESTAMPTZ_ARRAY = 1185;
const TEXT_ARRAY: number = 1009;

const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, parseBigint],
  [types.builtins.TIMESTAMPTZ, parseTimestamp],
  [BIGINT_ARRAY, parseArrayOf(parseBigint)],
  [TIMESTAMPTZ_ARRAY, parseArrayOf(parseTimestamp)],
]);

function parseArrayOf(parse: (text: string) => unknown): (text: string) => unknown {
  const parseItem = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(parseItem);
    return typeof item === "string" ? parse(item) : item;
  };
  return (text) => parseItem(types.getTypeParser(TEXT_ARRAY, "text")(text));
}

/** Nothing that we count comes near 2^53; a number beyond it would be wrong silently, so it stops here. */
function parseBigint(text: string): number {
  const value = Number(text);
  invariant(Number.isSafeInteger(value), `the bigint ${text} read from the database is not a safe integer`);
  return value;
}

const ISO_IN_UTC = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;

function parseTimestamp(text: string): string {
  const match = ISO_IN_UTC.exec(text);
  if (match) return `${match[1]}T${match[2]}.${(match[3] ?? "").padEnd(3, "0").slice(0, 3)}Z`;
  if (text === "infinity" || text === "-infinity") return text;
  // Years beyond 9999 or before 1, and servers that were told to use another time zone.
  const parsed: unknown = types.getTypeParser(types.builtins.TIMESTAMPTZ, "text")(text);
  invariant(parsed instanceof Date && !Number.isNaN(parsed.getTime()), `"${text}" is not a time`);
  return parsed.toISOString();
}
