import type { TokenRow } from "./token.tables";
import type { Page, PageRequest } from "../graphql/connection";
import type { Queryable } from "../postgres/database";

/** Tokens by id; those that do not exist are left out. */
export async function findTokens(database: Queryable, ids: readonly string[]): Promise<TokenRow[]> {
  return database.query<TokenRow>(
    "select tokens.* from models.tokens where tokens.id = any($1)",
    [ids],
    "tokens.findTokens",
  );
}

/** The tokens whose secrets, the last ones or those before them, have these hashes. */
export async function findTokensByHash(database: Queryable, hashes: readonly string[]): Promise<TokenRow[]> {
  return database.query<TokenRow>(
    `select tokens.* from models.tokens where tokens.hash = any($1)
      union all
     select tokens.* from models.tokens where tokens.previous_hash = any($1)`,
    [hashes],
    "tokens.findTokensByHash",
  );
}

/** What a list of tokens is narrowed to, as seen at an instant. */
export type TokenFilter = Readonly<{ status: TokenStatus | null; at: string }>;
export type TokenStatus = "ACTIVE" | "EXPIRED" | "REVOKED";

/** One page of an app's tokens, or of those of all apps (null), by name and then by id. */
export async function listTokens(
  database: Queryable,
  app: string | null,
  { status, at }: TokenFilter,
  { limit, after }: PageRequest,
): Promise<Page<TokenRow>> {
  const [rows, counts] = await Promise.all([
    database.query<TokenRow>(
      `select tokens.* from models.tokens
        where tokens.app is not distinct from $1 and ${HAS_STATUS}
          and ($4::text is null or (tokens.name, tokens.id) > ($4, $5))
        order by tokens.name, tokens.id limit $6`,
      [app, status, at, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
      "tokens.listTokens",
    ),
    database.query<{ count: number }>(
      `select count(*) as count from models.tokens where tokens.app is not distinct from $1 and ${HAS_STATUS}`,
      [app, status, at],
      "tokens.countTokens",
    ),
  ]);
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit, totalCount: counts[0]?.count ?? 0 };
}

const HAS_STATUS = `
  ($2::text is null or $2 = case
    when tokens.revoked_at is not null then 'REVOKED'
    when tokens.expires_at <= $3::timestamptz then 'EXPIRED'
    else 'ACTIVE' end)`;

export function statusOf(
  { revoked_at, expires_at }: Pick<TokenRow, "revoked_at" | "expires_at">,
  at: string,
): TokenStatus {
  if (revoked_at !== null) return "REVOKED";
  return expires_at !== null && expires_at <= at ? "EXPIRED" : "ACTIVE";
}
