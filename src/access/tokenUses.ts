import type { Database, Queryable } from "../postgres/database";

/** How often uses are written down. A server that dies forgets those since the last time. */
export const USES_FLUSHED_EVERY_MS = 10_000;

/** Remembers when tokens were last used, and writes it down now and then, off the path of any request. */
export type TokenUses = Readonly<{
  note: (token: string) => void;
  /** @throws if the database is away; what was noted is kept for the next time. */
  flush: () => Promise<void>;
}>;

export function createTokenUses(database: Pick<Database, "query">, now: () => Date): TokenUses {
  let noted = new Map<string, number>();
  return {
    note: (token) => void noted.set(token, now().getTime()),
    async flush() {
      if (noted.size === 0) return;
      const written = noted;
      noted = new Map();
      try {
        await saveUses(database, written);
      } catch (error) {
        // What was noted meanwhile is later, and stays.
        noted = new Map([...written, ...noted]);
        throw error;
      }
    },
  };
}

async function saveUses(database: Queryable, uses: ReadonlyMap<string, number>): Promise<void> {
  // In order, so that two servers which write the same tokens cannot wait for each other.
  const ordered = [...uses].sort(([a], [b]) => (a < b ? -1 : 1));
  await database.query(
    `insert into access.token_uses as known (token, last_used_at)
     select token, used_at from unnest($1::text[], $2::timestamptz[]) as used (token, used_at)
         on conflict (token) do update
        set last_used_at = greatest(known.last_used_at, excluded.last_used_at)`,
    [ordered.map(([token]) => token), ordered.map(([, usedAtMs]) => new Date(usedAtMs).toISOString())],
    "tokens.saveUses",
  );
}

/** When tokens were last used, by id; those that never were are left out. */
export async function findUses(
  database: Queryable,
  tokens: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await database.query<{ token: string; last_used_at: string }>(
    "select token_uses.token, token_uses.last_used_at from access.token_uses where token_uses.token = any($1)",
    [tokens],
    "tokens.findUses",
  );
  return new Map(rows.map(({ token, last_used_at }) => [token, last_used_at]));
}
