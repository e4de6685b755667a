import { BEFORE, CHANGE_TEXTS } from "./changeColumns";
import type { ChangeFilter } from "./changeFeed";
import type { FeedRow } from "./changes.projection";
import { completeTexts, type ChangeTexts } from "./completeChanges";
import { invariant } from "../lib/invariant";
import type { Database } from "../postgres/database";

export type ChangeRange = Readonly<{
  app: string;
  /** Exclusive. */
  afterRevision: number;
  /** Inclusive; null for all there is. */
  toRevision: number | null;
  filter: ChangeFilter;
  limit: number;
}>;

export type Changes = Readonly<{
  /** The revision of the app's last change, seen at the same moment as the rows; null if there is no such app. */
  head: number | null;
  rows: readonly FeedRow[];
}>;

/** SQL: whether a document, as JSON text, has one of the tags of parameter 12. */
const hasTag = (document: string): string => `exists (
              select from json_array_elements_text((${document})::json -> 'tags') as tag (text)
               where tag.text = any($12))`;

/** Changes of one app in order, and how far they go. */
export async function readChanges(database: Database, range: ChangeRange): Promise<Changes> {
  const { app, afterRevision, toRevision, filter, limit } = range;
  const found = await database.query<Found>(
    `with head as (select max(changes.revision) as revision from models.changes where changes.app = $1)
     select head.revision as head, found.*
       from head
       left join lateral (
         select ${CHANGE_TEXTS}
           from models.changes
          where changes.app = $1
            and changes.revision > $2
            and changes.revision <= coalesce($3, head.revision)
            and ($4::text[] is null or changes.environment is null or changes.environment = any($4))
            and ($5::text[] is null or changes.kind = any($5))
            and ($6::text[] is null or changes.type = any($6))
            and ($7::text[] is null or changes.entity = any($7))
            and ($12::text[] is null or ${hasTag("changes.after")} or ${hasTag(BEFORE)})
            and changes.kind <> all($9::text[])
            -- The same on every server and version of PostgreSQL: a partition is for as long as its consumer.
            and ($10::integer is null
                 or (('x' || left(md5(changes.entity), 8))::bit(32)::bigint & 2147483647) % $11::integer = $10)
          order by changes.revision
          limit $8) found on true
      order by found.revision`,
    [
      app,
      afterRevision,
      toRevision,
      filter.environments ?? null,
      filter.kinds ?? null,
      filter.types ?? null,
      filter.entities ?? null,
      limit,
      filter.kindsWithheld ?? [],
      filter.partition?.number ?? null,
      filter.partition?.of ?? null,
      filter.tags ?? null,
    ],
    "changes.readChanges",
  );
  const [first] = found;
  invariant(first, "an aggregate over nothing is one row too");
  return { head: first.head, rows: await completeTexts(database, found.filter(isChange)) };
}

/** The left join gives one row without a change where there is none. */
type Found = { head: number | null } & (ChangeTexts | { revision: null });

function isChange(row: Found): row is { head: number | null } & ChangeTexts {
  return row.revision !== null;
}

/** The last revision before an instant, so that everything after it is at or after the instant; -1 for none. */
export async function revisionBefore(database: Database, app: string, time: string): Promise<number> {
  // Times never go back within an app, so halving finds it by the primary key: everything up to `low` is before the
  // instant, and nothing from `high` on.
  const [row] = await database.query<{ revision: number }>(
    `with recursive search as (
       select -1::bigint as low, coalesce(max(changes.revision), -1) + 1 as high
         from models.changes
        where changes.app = $1
       union all
       select case when middle.is_before then middle.revision else search.low end,
              case when middle.is_before then search.high else middle.revision end
         from search
        cross join lateral (
          select (search.low + search.high) / 2 as revision,
                 exists (
                   select from models.changes
                    where changes.app = $1
                      and changes.revision = (search.low + search.high) / 2
                      and changes.time < $2) as is_before) middle
        where search.high - search.low > 1)
     select search.low as revision from search order by search.high - search.low limit 1`,
    [app, time],
    "changes.revisionBefore",
  );
  return row?.revision ?? -1;
}

/** The last revisions of several apps; apps that do not exist are left out. */
export async function readHeads(
  database: Database,
  apps: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ app: string; head: number }>(
    `select followed.app, newest.revision as head
       from unnest($1::text[]) as followed (app)
      cross join lateral (
        select changes.revision
          from models.changes
         where changes.app = followed.app
         order by changes.revision desc
         limit 1) newest`,
    [apps],
    "changes.readHeads",
  );
  return new Map(rows.map(({ app, head }) => [app, head]));
}
