import { hash } from "node:crypto";

/** What is stored of a token: SHA-256 in hex. Tokens are long and random, so a slow hash would protect nothing more. */
export function hashOfToken(token: string): string {
  return hash("sha256", token, "hex");
}
