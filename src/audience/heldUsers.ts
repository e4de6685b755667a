import { userKeyOf, type Place, type PlacedUser } from "./userKey";
import { DatabaseUnavailable, type Database, type Queryable } from "../postgres/database";

/** How often a transaction is begun, since it holds too little or waits in a ring with others. */
const ATTEMPTS_MAX = 10;
const DEADLOCK = "40P01";

/** A row that is held: whose it is now, and whether it was made just then. */
export type HeldUser = Readonly<{ user_key: string; alias_of: string | null; isNew: boolean }>;
export type HeldUsers = ReadonlyMap<string, HeldUser>;

/** What a transaction holds beside the users that it is about: it turned out that it needs it. */
export type Hold = Readonly<{
  /** Keys of others. */
  more: ReadonlySet<string>;
  /** Whether some of the users have no row yet. */
  makesRows: boolean;
}>;

/** Ends a transaction that holds too little: it begins again with this. */
export class HoldMore extends Error {
  constructor(readonly hold: Partial<Hold>) {
    super("more rows of users are to be held");
  }
}

/** Runs a transaction that holds rows of users, again with those that it finds it needs too. */
export async function holdingUsers<Result>(
  database: Database,
  work: (connection: Queryable, hold: Hold) => Promise<Result>,
): Promise<Result> {
  let hold: Hold = { more: new Set(), makesRows: false };
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    try {
      return await database.transaction((connection) => work(connection, hold));
    } catch (error) {
      if (error instanceof HoldMore) hold = { ...hold, ...error.hold };
      else if (!isDeadlock(error)) throw error;
    }
  }
  throw new DatabaseUnavailable("Too much is told of the same users at once; send it again.");
}

/**
 * Runs a transaction that tells of users, each held until its end. `keyOf` says under which key it stands: that of the known user
 * whom the id became.
 */
export function tellingOf<Result>(
  database: Database,
  place: Place,
  ids: readonly string[],
  work: (connection: Queryable, keyOf: (id: string) => string) => Promise<Result>,
): Promise<Result> {
  return holdingUsers(database, async (connection, hold) => {
    const held = await lockUsers(
      connection,
      ids.map((id) => ({ ...place, id })),
      hold,
    );
    const known = [...held.values()].flatMap(({ alias_of }) => (alias_of === null ? [] : [alias_of]));
    if (known.some((key) => !held.has(key) && !hold.more.has(key))) {
      throw new HoldMore({ more: new Set(known), makesRows: false });
    }
    return work(connection, (id) => {
      const key = userKeyOf(place, id);
      const aliasOf = held.get(key)?.alias_of ?? null;
      return aliasOf !== null && held.has(aliasOf) ? aliasOf : key;
    });
  });
}

/**
 * Holds the rows of these users until the transaction's end, and makes those that are missing, so that what is told of a user is
 * taken down one after the other; and those of `more` keys that are there. In the order of their keys, so that two who hold several
 * do not wait for each other: that is why, if one is missing, it lets go of the others and begins again.
 */
export async function lockUsers(
  connection: Queryable,
  users: readonly PlacedUser[],
  { more, makesRows }: Hold,
): Promise<HeldUsers> {
  const byKey = new Map(users.map((user) => [userKeyOf(user, user.id), user]));
  const made = makesRows ? await makeRows(connection, byKey) : new Set();
  const found = await connection.query<Pick<HeldUser, "user_key" | "alias_of">>(
    `select users.user_key, users.alias_of from audience.users where users.user_key = any($1::uuid[])
      order by users.user_key for no key update`,
    [[...new Set([...byKey.keys(), ...more])].sort()],
    "audience.lockUsers",
  );
  const held = new Map(found.map((row) => [row.user_key, { ...row, isNew: made.has(row.user_key) }]));
  if (makesRows || [...byKey.keys()].every((key) => held.has(key))) return held;
  throw new HoldMore({ makesRows: true });
}

/** Holds all, those that it makes and those that are there. The keys of those that it made. */
async function makeRows(
  connection: Queryable,
  byKey: ReadonlyMap<string, PlacedUser>,
): Promise<ReadonlySet<string>> {
  const users = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1));
  const made = await connection.query<{ user_key: string }>(
    // What is there is held though it is not changed.
    `insert into audience.users as users (user_key, app, environment, id)
     select given.user_key, given.app, given.environment, given.id
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as given (user_key, app, environment, id)
      order by given.user_key
     on conflict (user_key) do update set id = users.id where false
     returning users.user_key`,
    [
      users.map(([key]) => key),
      users.map(([, { app }]) => app),
      users.map(([, { environment }]) => environment),
      users.map(([, { id }]) => id),
    ],
    "audience.addUsers",
  );
  return new Set(made.map(({ user_key: key }) => key));
}

function isDeadlock(error: unknown): boolean {
  return error instanceof Error && (error as Error & { code?: unknown }).code === DEADLOCK;
}
