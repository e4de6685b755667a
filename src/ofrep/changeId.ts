import { hash } from "node:crypto";
import type { Ruleset } from "../evaluation/compile";

/** By what was compiled, which a ruleset shares with the next one if nothing in it has changed. */
const idOf = new WeakMap<Ruleset["planOf"], string>();

/** Names what a ruleset says: the same on every server and after a restart, and another one after each change of it. */
export function changeIdOf({ planOf, source }: Ruleset): string {
  const known = idOf.get(planOf);
  if (known !== undefined) return known;
  // Conditions name user lists by what is in them.
  const said = { ...source, revision: null, userLists: null };
  const id = hash("sha256", JSON.stringify(said), "base64url").slice(0, 22);
  idOf.set(planOf, id);
  return id;
}
