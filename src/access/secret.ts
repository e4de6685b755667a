import { hash, randomBytes } from "node:crypto";
import type { TokenKind } from "./roles.policy";

export const SECRET_BYTES = 32;
export const ADMIN_TOKEN_PREFIX = "pe_admin_";
/** So that people and scanners of repositories know at a glance what was found. */
export const SECRET_PREFIXES: { readonly [Kind in TokenKind]: string } = {
  PERSON: "pe_person_",
  SERVER: "pe_server_",
  CLIENT: "pe_client_",
};

/** A secret made by the system's generator, which is shown once and kept nowhere. */
export function newSecret(prefix: string): string {
  return `${prefix}${randomBytes(SECRET_BYTES).toString("base64url")}`;
}

/** What is stored of a secret: SHA-256 in hex. Secrets are long and random, so a slow hash would protect nothing more. */
export function hashOfSecret(secret: string): string {
  return hash("sha256", secret, "hex");
}
