import { hash } from "node:crypto";

/** Where users live. */
export type Place = Readonly<{ app: string; environment: string }>;
export type PlacedUser = Place & Readonly<{ id: string }>;

/**
 * The key of a user's rows, a UUID made of app, environment and id. Users of one place have keys that are spread evenly. Slugs and
 * names of environments hold no U+0000, so different users have different texts here.
 */
export function userKeyOf(place: Place, id: string): string {
  return keyOfBytes(userKeyBytes(place, id));
}

/** The same as bytes, of which the first 16 are the key. */
export const userKeyBytes = ({ app, environment }: Place, id: string): Buffer =>
  hash("sha256", `${app}\0${environment}\0${id}`, "buffer");

/** The bytes of a key as text. */
export const bytesOfKey = (userKey: string): Buffer => Buffer.from(userKey.replaceAll("-", ""), "hex");

export function keyOfBytes(bytes: Buffer): string {
  const hex = bytes.toString("hex", 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
