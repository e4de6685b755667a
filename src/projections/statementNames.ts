import { createHash } from "node:crypto";

/** A prepared statement over many tables is large, and every connection keeps its own. */
export const PREPARED_STATEMENTS_MAX = 16;

/** Gives the first few different statements, which are those that come again and again, names to be prepared under. */
export type StatementNames = (text: string) => string | undefined;

export function createStatementNames(max = PREPARED_STATEMENTS_MAX): StatementNames {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= max) return known;
    // The same text has the same name everywhere, for others may use the same connections.
    const name = `write ${createHash("sha256").update(text).digest("base64url").slice(0, 24)}`;
    names.set(text, name);
    return name;
  };
}
