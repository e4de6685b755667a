import { TOKEN_ID_PREFIX } from "./token.decider";
import type { Token } from "./token.graphql";
import { TOKEN_KIND } from "./token.projection";
import { findTokens } from "./token.queries";
import type { TokenRow } from "./token.tables";
import { findUses } from "./tokenUses";
import type { NodeType, Server } from "../graphql/context";

export const tokenNode: NodeType = {
  typename: TOKEN_KIND,
  idPrefix: TOKEN_ID_PREFIX,
  right: "ADMINISTER",
  findMany: async (database, ids) => (await findTokens(database, ids)).map(toToken),
};

/** A token as the API shows it. */
export function toToken(row: TokenRow): Token & { typename: "Token" } {
  return {
    typename: TOKEN_KIND,
    row,
    slug: row.app,
    id: row.id,
    name: row.name,
    kind: row.kind,
    role: row.role,
    environments: row.environments,
    expiresAt: row.expires_at,
    note: row.note,
    createdAt: row.created_at,
    createdBy: { id: row.created_by },
    rotatedAt: row.rotated_at,
    previousSecretEndsAt: row.previous_ends_at,
    revokedAt: row.revoked_at,
    revokedBy: row.revoked_by === null ? null : { id: row.revoked_by },
  };
}

/** For `load`: when tokens were last used, by id. */
export function usesByToken(
  { database }: Server,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return findUses(database, ids);
}
