import { createHash } from "node:crypto";
import { canonicalJson } from "../lib/canonicalJson";
import type { Json } from "../lib/json";

const FINGERPRINT_BYTES = 12;
const ID_BYTES = 10;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** Tells whether a repeated command id comes with the same wish. */
export function fingerprintOf(command: Readonly<{ type: string; data: unknown }>): string {
  const digest = createHash("sha256")
    .update(canonicalJson(asJson([command.type, command.data])))
    .digest();
  return digest.subarray(0, FINGERPRINT_BYTES).toString("base64url");
}

/** As it would be stored: without properties that are undefined. */
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** What the ids of the things that a command makes come from: the same whenever the same command is repeated. */
export type IdSeed = Readonly<{ stream: string; commandId: string; fingerprint: string }>;

/** The part of a new thing's id that no other command, prefix or ordinal gives: 80 bits in base 32. */
export function idRest(seed: IdSeed, prefix: string, ordinal: number): string {
  const { stream, commandId, fingerprint } = seed;
  const digest = createHash("sha256")
    .update(JSON.stringify([stream, commandId, fingerprint, prefix, ordinal]))
    .digest();
  return base32(digest.subarray(0, ID_BYTES));
}

/** For lengths that are a multiple of five bytes, which need no padding. */
function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let bitCount = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    bitCount += 8;
    while (bitCount >= 5) {
      bitCount -= 5;
      text += BASE32.charAt((bits >> bitCount) & 31);
    }
    bits &= (1 << bitCount) - 1;
  }
  return text;
}
