import { holdingUsers, HoldMore, lockUsers, type HeldUsers } from "./heldUsers";
import { noteChangedLists } from "./changedLists";
import { userKeyOf } from "./userKey";
import type { Database, Queryable } from "../postgres/database";

/** What was forgotten of a user. */
export type Erased = Readonly<{
  /** Under which ids the user was known: that which was asked for first. */
  ids: readonly string[];
  keys: readonly string[];
  environments: number;
  events: number;
  lists: number;
}>;

/**
 * Forgets a user under all their ids: what was told, what was done, and the ids in every list of the app. What is being told
 * meanwhile comes before and goes too, or comes after and is of a new user.
 */
export async function eraseUser(
  database: Database,
  { app, environments }: Readonly<{ app: string; environments: readonly string[] }>,
  id: string,
): Promise<Erased> {
  const asked = environments.map((environment) => ({ app, environment, id }));
  return holdingUsers(database, async (connection, hold) => {
    // Also where nothing is known, so that nobody tells of the user between one statement and the next.
    const held = await lockUsers(connection, asked, hold);
    const family = await readFamily(connection, [...held.keys()]);
    const needed = new Set(family.flatMap((member) => relativesOf(app, member)));
    if ([...needed].some((key) => !held.has(key) && !hold.more.has(key)))
      throw new HoldMore({ more: needed });
    const ids = [...new Set([id, ...family.map((member) => member.id)])];
    const keys = [...held.keys()];
    const events = await eraseRows(connection, keys);
    const lists = await eraseListed(connection, app, ids);
    return { ids, keys, environments: inhabited(family, held), events, lists };
  });
}

type Member = Readonly<{
  user_key: string;
  environment: string;
  id: string;
  alias_of: string | null;
  aliases: readonly string[];
}>;

function readFamily(connection: Queryable, keys: readonly string[]): Promise<readonly Member[]> {
  return connection.query<Member>(
    `select users.user_key, users.environment, users.id, users.alias_of, users.aliases
       from audience.users where users.user_key = any($1::uuid[])`,
    [keys],
    "audience.family",
  );
}

/** Who the user became, and who became the user. */
function relativesOf(app: string, { environment, alias_of, aliases }: Member): readonly string[] {
  const others = aliases.map((alias) => userKeyOf({ app, environment }, alias));
  return alias_of === null ? others : [alias_of, ...others];
}

/** In how many environments something was known before. */
function inhabited(family: readonly Member[], held: HeldUsers): number {
  const known = family.filter(({ user_key: key }) => held.get(key)?.isNew === false);
  return new Set(known.map(({ environment }) => environment)).size;
}

/** How many events there were. */
async function eraseRows(connection: Queryable, keys: readonly string[]): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    `with gone as (delete from audience.events where events.user_key = any($1::uuid[]) returning 1)
     select count(*) as count from gone`,
    [keys],
    "audience.eraseEvents",
  );
  await connection.query(
    "delete from audience.users where users.user_key = any($1::uuid[])",
    [keys],
    "audience.eraseUsers",
  );
  return row?.count ?? 0;
}

/** In how many lists the ids stood. */
async function eraseListed(connection: Queryable, app: string, ids: readonly string[]): Promise<number> {
  const rows = await connection.query<{ list: string }>(
    `delete from audience.user_list_members as members
      where members.app = $1 and members.user_id = any($2) returning members.list`,
    [app, ids],
    "audience.eraseListed",
  );
  const lists = [...new Set(rows.map(({ list }) => list))];
  await noteChangedLists(connection, app, lists);
  return lists.length;
}
