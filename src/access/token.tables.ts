import type { Role, TokenKind } from "./roles.policy";
import type { Table } from "../projections/projection";

export type TokenRow = {
  id: string;
  /** Null: of all apps. */
  app: string | null;
  /** What stands in events as the one who did something with it. */
  actor: string;
  name: string;
  kind: TokenKind;
  role: Role | null;
  environments: readonly string[] | null;
  hash: string | null;
  previous_hash: string | null;
  previous_ends_at: string | null;
  expires_at: string | null;
  note: string;
  created_at: string;
  created_by: string;
  rotated_at: string | null;
  revoked_at: string | null;
  revoked_by: string | null;
};

export const tokenTable: Table<TokenRow> = { name: "tokens", primaryKey: ["id"], json: ["environments"] };
