import { unknownUserLists, userListReference } from "../audience/userLists";
import { checkCondition, isUserListReference, withListReferences } from "../evaluation/condition";
import type { UserListReference } from "../evaluation/condition";
import { isJsonObject, type Json } from "../lib/json";
import type { Refusal } from "../lib/refusal";
import type { Database } from "../postgres/database";

/** A condition as commands carry it, with the lists of user ids that stood in it and have to be stored before. */
export type PreparedCondition = Readonly<{
  condition: Json;
  lists: readonly (readonly string[])[];
  /** For references to lists that the app does not have. */
  reasons: readonly Refusal[];
}>;

/** Puts references in the place of literal lists, and stores nothing. A faulty condition stays as it is, for deciding to refuse. */
export async function prepareCondition(
  database: Database,
  app: string,
  input: Json,
): Promise<PreparedCondition> {
  if (!isJsonObject(input) || checkCondition(input).length > 0)
    return { condition: input, lists: [], reasons: [] };
  const given = listReferencesIn(input, ["condition"]);
  const lists: (readonly string[])[] = [];
  const condition = withListReferences(input, (ids) => {
    lists.push(ids);
    return userListReference(ids);
  });
  const unknown = new Set(
    await unknownUserLists(
      database,
      app,
      given.map(({ reference }) => reference),
    ),
  );
  const reasons = given
    .filter(({ reference }) => unknown.has(reference))
    .map(({ path }) => unknownList(path));
  return { condition, lists, reasons };
}

export type GivenReference = Readonly<{ path: readonly string[]; reference: UserListReference }>;

/** The references that stand in a well-formed condition: values hold no operators, so every `$userIn` is one. */
export function listReferencesIn(json: Json, path: readonly string[]): readonly GivenReference[] {
  if (typeof json !== "object" || json === null) return [];
  return (Object.entries(json) as [string, Json][]).flatMap(([name, member]) => {
    const at = [...path, name];
    if (name === "$userIn") return isUserListReference(member) ? [{ path: at, reference: member }] : [];
    return listReferencesIn(member, at);
  });
}

function unknownList(path: readonly string[]): Refusal {
  const message =
    "The app has no such list of users; send the ids themselves, or a reference as it was shown.";
  return { code: "INVALID", message, path };
}
