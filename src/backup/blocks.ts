import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { BackupRefused } from "./backupRefused";

/*
 * A backup file: this line, then blocks of
 *   4 bytes  length of what follows, without the digest, big-endian
 *   n bytes  JSON, deflated
 *   32 bytes SHA-256 of the digest before it (of the line, for the first) and of these n bytes
 * So each digest vouches for the whole file up to it, and the last one for all of it.
 */
export const MAGIC = Buffer.from("Product Experiences backup, format 1\n");
export const BLOCK_BYTES_MAX = 256 * 1_048_576;
/** No block says more than this when it is inflated. */
export const INFLATED_BYTES_MAX = 512 * 1_048_576;
const LENGTH_BYTES = 4;
const DIGEST_BYTES = 32;

export interface BlockWriter {
  write(block: object): Promise<void>;
}

export async function createBlockWriter(file: Pick<FileHandle, "appendFile">): Promise<BlockWriter> {
  await file.appendFile(MAGIC);
  let digest = digestOf(MAGIC);
  return {
    async write(block) {
      const bytes = deflateRawSync(JSON.stringify(block));
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32BE(bytes.length);
      digest = digestOf(digest, bytes);
      await file.appendFile(Buffer.concat([length, bytes, digest]));
    },
  };
}

/** One block after the other. @throws {BackupRefused} where the file is not what was written. */
export async function* readBlocks(file: Pick<FileHandle, "read">): AsyncGenerator<unknown> {
  const magic = await take(file, MAGIC.length);
  if (magic?.equals(MAGIC) !== true) throw new BackupRefused("it is no backup that this version reads");
  let digest = digestOf(magic);
  for (let number = 1; ; number++) {
    const length = await take(file, LENGTH_BYTES);
    if (length === null) return;
    const count = length.readUInt32BE();
    if (count > BLOCK_BYTES_MAX) throw damaged(number);
    const [bytes, expected] = [await take(file, count), await take(file, DIGEST_BYTES)];
    if (bytes === null || expected === null) throw cut();
    digest = digestOf(digest, bytes);
    if (!digest.equals(expected)) throw damaged(number);
    yield JSON.parse(inflateRawSync(bytes, { maxOutputLength: INFLATED_BYTES_MAX }).toString()) as unknown;
  }
}

export const cut = (): BackupRefused =>
  new BackupRefused("it ends before its end, so a part of it is missing");
const damaged = (block: number): BackupRefused =>
  new BackupRefused(`its block ${block} is not as it was written`);

/** Null at the end of the file. @throws {BackupRefused} if it ends in the middle. */
async function take(file: Pick<FileHandle, "read">, count: number): Promise<Buffer | null> {
  const buffer = Buffer.alloc(count);
  let filled = 0;
  while (filled < count) {
    const { bytesRead } = await file.read(buffer, filled, count - filled, null);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  if (filled === 0 && count > 0) return null;
  if (filled < count) throw cut();
  return buffer;
}

function digestOf(...parts: readonly Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
