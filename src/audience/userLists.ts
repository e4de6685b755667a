import { createHash } from "node:crypto";
import { noteChangedLists } from "./changedLists";
import type { UserListReference } from "../evaluation/condition";
import type { Database, Queryable } from "../postgres/database";

/** The name of a list is the hash of its distinct ids, so the same list is stored once, and names what it held. */
export function userListReference(ids: readonly string[]): UserListReference {
  const members = distinct(ids);
  const list = createHash("sha256").update(JSON.stringify(members)).digest("hex");
  return { list, count: members.length };
}

/**
 * Stores a list of user ids of an app, before any event names it. Storing it again changes nothing, but that it puts
 * back whom an erasure took out since.
 */
export async function saveUserList(
  database: Database,
  app: string,
  ids: readonly string[],
): Promise<UserListReference> {
  const reference = userListReference(ids);
  await database.transaction(async (connection) => {
    const made = await connection.query(
      `insert into audience.user_lists (app, list, count) values ($1, $2, $3) on conflict do nothing returning 1 as one`,
      [app, reference.list, reference.count],
    );
    // In order, so that two servers which store the same list cannot wait for each other.
    const added = await connection.query(
      `insert into audience.user_list_members (app, list, user_id)
       select $1, $2, unnest($3::text[]) on conflict do nothing returning 1 as one`,
      [app, reference.list, distinct(ids)],
    );
    if (made.length === 0 && added.length > 0) await noteChangedLists(connection, app, [reference.list]);
  });
  return reference;
}

/** Stores several lists, one after the other, so that they are there before an event names them. */
export async function saveUserLists(
  database: Database,
  app: string,
  lists: readonly (readonly string[])[],
): Promise<void> {
  for (const ids of lists) await saveUserList(database, app, ids);
}

/** The stored lists with these names and counts, by name; those that the app does not have are left out. */
export async function loadUserLists(
  database: Queryable,
  app: string,
  lists: readonly string[],
): Promise<Map<string, Set<string>>> {
  if (lists.length === 0) return new Map();
  const rows = await database.query<{ list: string; ids: string[] }>(
    `select user_lists.list,
            coalesce(array_agg(members.user_id) filter (where members.user_id is not null), '{}') as ids
       from audience.user_lists
       left join audience.user_list_members as members
         on members.app = user_lists.app and members.list = user_lists.list
      where user_lists.app = $1 and user_lists.list = any($2)
      group by user_lists.list`,
    [app, lists],
    "userLists.load",
  );
  return new Map(rows.map(({ list, ids }) => [list, new Set(ids)]));
}

/** One page of a list's ids, in order, after one of them; and how many there are now. */
export async function readUserList(
  database: Queryable,
  app: string,
  list: string,
  { after, limit }: Readonly<{ after: string | null; limit: number }>,
): Promise<Readonly<{ ids: readonly string[]; hasMore: boolean; total: number }>> {
  const [rows, counts] = await Promise.all([
    database.query<{ user_id: string }>(
      `select user_id from audience.user_list_members
        where app = $1 and list = $2 and ($3::text is null or user_id > $3)
        order by user_id limit $4`,
      [app, list, after, limit + 1],
      "userLists.read",
    ),
    database.query<{ count: number }>(
      "select count(*) as count from audience.user_list_members where app = $1 and list = $2",
      [app, list],
      "userLists.count",
    ),
  ]);
  const ids = rows.slice(0, limit).map(({ user_id }) => user_id);
  return { ids, hasMore: rows.length > limit, total: counts[0]?.count ?? 0 };
}

/** The lists of an app in which one of these ids stands. */
export async function listsWith(
  database: Queryable,
  app: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const rows = await database.query<{ list: string }>(
    `select distinct members.list from audience.user_list_members as members
      where members.app = $1 and members.user_id = any($2) order by members.list`,
    [app, ids],
    "userLists.with",
  );
  return rows.map(({ list }) => list);
}

/** Which of these references name no list that the app has, with the count that it was made with. */
export async function unknownUserLists(
  database: Queryable,
  app: string,
  references: readonly UserListReference[],
): Promise<readonly UserListReference[]> {
  if (references.length === 0) return [];
  const rows = await database.query<{ list: string; count: number }>(
    "select list, count from audience.user_lists where app = $1 and list = any($2)",
    [app, references.map(({ list }) => list)],
    "userLists.known",
  );
  const counts = new Map(rows.map(({ list, count }) => [list, count]));
  return references.filter(({ list, count }) => counts.get(list) !== count);
}

/** An app that has a list, by the list's name, for each reference to one that any of these apps has; null: any app. */
export async function findUserLists(
  database: Queryable,
  apps: readonly string[] | null,
  references: readonly UserListReference[],
): Promise<ReadonlyMap<string, string>> {
  if (references.length === 0) return new Map();
  const rows = await database.query<{ app: string; list: string; count: number }>(
    `select distinct on (list) app, list, count from audience.user_lists
      where list = any($1) and ($2::text[] is null or app = any($2)) order by list, app`,
    [references.map(({ list }) => list), apps],
    "userLists.find",
  );
  const counts = new Map(references.map(({ list, count }) => [list, count]));
  return new Map(
    rows.filter(({ list, count }) => counts.get(list) === count).map(({ list, app }) => [list, app]),
  );
}

/** Gives an app a list that another one has, as it is there now, before any event names it. */
export async function copyUserList(
  database: Database,
  { from, to, list }: Readonly<{ from: string; to: string; list: string }>,
): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.query(
      `insert into audience.user_lists (app, list, count)
       select $2, list, count from audience.user_lists where app = $1 and list = $3 on conflict do nothing`,
      [from, to, list],
    );
    await connection.query(
      `insert into audience.user_list_members (app, list, user_id)
       select $2, list, user_id from audience.user_list_members where app = $1 and list = $3
        order by user_id on conflict do nothing`,
      [from, to, list],
    );
  });
}

function distinct(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].sort();
}
