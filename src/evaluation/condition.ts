import type { Json, JsonObject } from "../lib/json";

/** A well-formed condition, as stored: user lists stand as references, every `$percent` has its seed. */
export type Condition = JsonObject;

/** `pointer` is a JSON pointer into the condition: `/$and/0/age/$gt`. */
export type ConditionFault = Readonly<{ pointer: string; message: string }>;

export type UserListReference = Readonly<{ list: string; count: number }>;

/** Every fault of what a client sent; none means that it is a condition. Accepts user ids and references alike. */
export function checkCondition(_input: Json): readonly ConditionFault[] {
  throw new Error("to be built");
}

/** Ids of the segments that the condition names, each once. */
export function segmentsIn(_condition: JsonObject): readonly string[] {
  throw new Error("to be built");
}

/** Hashes of the user lists that the condition names, each once. */
export function userListsIn(_condition: JsonObject): readonly string[] {
  throw new Error("to be built");
}

/** The condition with each literal list of user ids replaced by the reference that `store` gives it. */
export function withListReferences(
  _condition: JsonObject,
  _store: (ids: readonly string[]) => UserListReference,
): Condition {
  throw new Error("to be built");
}

/**
 * The condition with a seed in every `$percent`: its own if it has one, else the one that stands at the same place in
 * `previous` (so that an edit which leaves seeds out moves nobody), else a new one.
 */
export function withSeeds(
  _condition: JsonObject,
  _previous: Condition | null,
  _newSeed: () => string,
): Condition {
  throw new Error("to be built");
}
