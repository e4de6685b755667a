import { invalid, propertiesFaults, under } from "./properties.policy";
import type { Json } from "../lib/json";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

/** Users, or events, in one call. */
export const BATCH_MAX = 1_000;
/** In UTF-16 code units. */
export const USER_ID_LENGTH_MAX = 256;
export const USER_PROPERTIES_MAX = 200;

/** What is told of a user. A property that is null is taken away. */
export type IdentifiedUser = Readonly<{ id: string; properties: Json }>;

/** Everything wrong with what is told of users. Paths begin at the list. */
export function identifyFaults(users: readonly IdentifiedUser[]): readonly Refusal[] {
  const tooMany = batchFaults("users", users.length);
  if (tooMany.length > 0) return tooMany;
  const firstAt = new Map<string, number>();
  return users.flatMap(({ id, properties }, index) => {
    const first = firstAt.get(id);
    if (first === undefined) firstAt.set(id, index);
    const repeated = first === undefined ? [] : [under(["id"], [invalid(repeats(id, first))])].flat();
    const faults = [...userIdFaults("id", id), ...repeated];
    return under(
      ["users", String(index)],
      [...faults, ...under(["properties"], propertiesFaults(properties, A_USER))],
    );
  });
}

const A_USER = { noun: "a user", countMax: USER_PROPERTIES_MAX };

const repeats = (id: string, first: number): string =>
  `The user "${id}" is in the batch already, at ${first}; send each once.`;

/** Why a list is no batch: it is empty, or too long. */
export function batchFaults(name: string, count: number): readonly Refusal[] {
  if (count >= 1 && count <= BATCH_MAX) return [];
  return [invalid(`Send 1 to ${BATCH_MAX} ${name} at once; these are ${count}.`, [name])];
}

export function userIdFaults(field: string, id: string): readonly Refusal[] {
  const message = checkText("A user's id", id, { lengthMin: 1, lengthMax: USER_ID_LENGTH_MAX });
  return message === null ? [] : [invalid(message, [field])];
}
