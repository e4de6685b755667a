import type { Definition } from "./definition.policy";
import {
  copyUserList,
  findUserLists,
  saveUserLists,
  unknownUserLists,
  userListReference,
} from "../audience/userLists";
import { checkCondition, withListReferences } from "../evaluation/condition";
import type { Refusal } from "../lib/refusal";
import type { Database } from "../postgres/database";
import { listReferencesIn } from "../segments/conditionLists";

/** A definition as a command carries it, with the lists of user ids that have to be there before. */
export type PreparedDefinition = Readonly<{
  definition: Definition;
  /** That stood in it. */
  lists: readonly (readonly string[])[];
  /** That another app has, by their names. */
  elsewhere: ReadonlyMap<string, string>;
  reasons: readonly Refusal[];
}>;

/**
 * Puts references in the place of lists, and stores nothing. References to lists that the app does not have are looked
 * for in the other apps whose users the asker may see; null: in all.
 */
export async function prepareDefinition(
  database: Database,
  app: string,
  given: Definition,
  readableApps: readonly string[] | null,
): Promise<PreparedDefinition> {
  const lists: (readonly string[])[] = [];
  const references: ReturnType<typeof listReferencesIn>[number][] = [];
  const segments = given.segments.map((segment, index) => {
    const { condition } = segment;
    // What has faults stays as it is, for deciding to refuse.
    if (checkCondition(condition).length > 0) return segment;
    references.push(...listReferencesIn(condition, ["definition", "segments", String(index), "condition"]));
    const referring = withListReferences(condition, (ids) => {
      lists.push(ids);
      return userListReference(ids);
    });
    return { ...segment, condition: referring };
  });
  const wanted = references.map(({ reference }) => reference);
  const unknown = new Set(await unknownUserLists(database, app, wanted));
  const elsewhere = await findUserLists(database, readableApps, [...unknown]);
  const reasons = references
    .filter(({ reference }) => unknown.has(reference) && !elsewhere.has(reference.list))
    .map(({ path }) => unknownList(path));
  return { definition: { ...given, segments }, lists, elsewhere, reasons };
}

/** Stores what has to be there before an event names it. */
export async function saveDefinitionLists(
  database: Database,
  app: string,
  { lists, elsewhere }: Pick<PreparedDefinition, "lists" | "elsewhere">,
): Promise<void> {
  await saveUserLists(database, app, lists);
  for (const [list, from] of elsewhere) await copyUserList(database, { from, to: app, list });
}

function unknownList(path: readonly string[]): Refusal {
  const message =
    "There is no such list of users here that you may see. Export with `includesUserIds: true`, or put in the ids themselves.";
  return { code: "NOT_FOUND", message, path };
}
