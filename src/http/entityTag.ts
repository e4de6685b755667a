import { hash } from "node:crypto";

/** Of values as they are sent in this text: the same on every server, another one for every other text. Weak, since what stands beside them, and their encoding, may differ. */
export const entityTagOf = (text: string): string => `W/"${hash("sha256", text, "base64url")}"`;

/** Whether an `If-None-Match` header names the tag. `*` names none: it asks if there is anything, not if it is known. */
export function namesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  // Caches on the way may have made it a strong one.
  return ifNoneMatch.split(",").some((each) => strong(each.trim()) === strong(tag));
}

const strong = (tag: string): string => tag.replace(/^W\//, "");
