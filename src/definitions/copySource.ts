import type { Definition } from "./definition.policy";
import { exportApp, type Apps } from "./exportApp";
import { copyUserList } from "../audience/userLists";
import { userListsIn } from "../evaluation/condition";
import type { Database } from "../postgres/database";

/** What a new app of that name starts with, as another one is now; null if there is no such app. */
export async function copySource(apps: Apps, from: string, name: string): Promise<Definition | null> {
  const exported = await exportApp(apps, from);
  if (!exported) return null;
  const { definition } = exported;
  return { ...definition, app: { ...definition.app, name } };
}

/** Gives an app the lists of user ids that a definition of another one names, before any event names them. */
export async function copyDefinitionLists(
  database: Database,
  { from, to }: Readonly<{ from: string; to: string }>,
  { segments }: Definition,
): Promise<void> {
  const lists = new Set(segments.flatMap(({ condition }) => userListsIn(condition)));
  for (const list of lists) await copyUserList(database, { from, to, list });
}
