import { hash } from "node:crypto";

// Stored format: other namespaces would give other ids to the same events, and repeated appends would add them again.
const EVENTS = Buffer.from("b5ca3c10a2834a169993053fbdebe982", "hex");
const APPENDS = Buffer.from("a7668fd74e97406b8218a9dab6501e9d", "hex");

/** The id of an append's event number `ordinal` (from 0): the same whenever the same wish is appended. */
export function eventId(stream: string, commandId: string, ordinal: number): string {
  return uuidOfName(EVENTS, JSON.stringify([stream, commandId, ordinal]));
}

/** Identifies the wish to append: two appends with the same one are the same. */
export function appendId(stream: string, commandId: string): string {
  return uuidOfName(APPENDS, JSON.stringify([stream, commandId]));
}

/** UUID version 5 of RFC 9562. */
function uuidOfName(namespace: Buffer, name: string): string {
  const bytes = hash("sha1", Buffer.concat([namespace, Buffer.from(name, "utf8")]), "buffer");
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex", 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
