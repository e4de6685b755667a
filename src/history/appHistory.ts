import { CHANGE_COLUMNS } from "../changes/changeColumns";
import type { ChangeRow } from "../changes/changes.projection";
import { revisionBefore } from "../changes/changes.queries";
import { completeChanges } from "../changes/completeChanges";
import type { Page, PageRequest } from "../graphql/connection";
import { invariant } from "../lib/invariant";
import type { Database } from "../postgres/database";

/** All that are given must hold; null holds nothing back. `since` is inclusive and `until` exclusive. */
export type HistoryFilter = Readonly<{
  entities: readonly string[] | null;
  kinds: readonly string[] | null;
  types: readonly string[] | null;
  actors: readonly string[] | null;
  since: string | null;
  until: string | null;
  /** Kinds that are not for whoever asks. */
  kindsWithheld: readonly string[];
}>;

/** What happened in a whole app, the newest first: a page sorted by `[revision]`. */
export async function findHistory(
  database: Database,
  app: string,
  filter: HistoryFilter,
  { limit, after }: PageRequest,
): Promise<Page<ChangeRow>> {
  const { since, until, entities, kinds, types, actors, kindsWithheld } = filter;
  const [low, high] = await Promise.all([
    since === null ? -1 : revisionBefore(database, app, since),
    until === null ? REVISION_MAX : revisionBefore(database, app, until).then((last) => last + 1),
  ]);
  const lists = [entities, kinds, types, actors, kindsWithheld];
  const before = Math.min(high, Number(after?.[0] ?? REVISION_MAX));
  const query = entities === null ? OF_ALL : OF_ENTITIES;
  const rows = await database.query<ChangeRow>(
    query.text,
    [app, low, before, ...lists, limit + 1],
    query.name,
  );
  return {
    rows: await completeChanges(database, rows.slice(0, limit)),
    hasNextPage: rows.length > limit,
    totalCount: () => countHistory(database, [app, low, high, ...lists]),
  };
}

/** Revisions are whole numbers in JavaScript too. */
const REVISION_MAX = Number.MAX_SAFE_INTEGER;

const IN_FILTER = `
  changes.app = $1
  and changes.revision > $2
  and changes.revision < $3
  and ($5::text[] is null or changes.kind = any($5))
  and ($6::text[] is null or changes.type = any($6))
  and ($7::text[] is null or changes.actor = any($7))
  and changes.kind <> all($8::text[])`;

const NEWEST = "order by changes.revision desc limit $9";

/** The revisions are found first, in an index that has all that is asked for: no list of things, for one. */
const OF_ALL = {
  name: "history.findHistory",
  text: `
    select ${CHANGE_COLUMNS}
      from models.changes
     where changes.app = $1
       and changes.revision in (
         select changes.revision from models.changes
          where $4::text[] is null and ${IN_FILTER} ${NEWEST})
     order by changes.revision desc`,
};

/** Each thing has a run in the index over things; the newest of every run are enough to know the newest of all. */
const OF_ENTITIES = {
  name: "history.findHistoryOfEntities",
  text: `
    select ${CHANGE_COLUMNS}
      from models.changes
     where changes.app = $1
       and changes.revision in (
         select newest.revision
           from (select distinct entity from unnest($4::text[]) as entity) as wanted
          cross join lateral (
            select changes.revision from models.changes
             where changes.entity = wanted.entity and ${IN_FILTER} ${NEWEST}) newest
          order by newest.revision desc limit $9)
     order by changes.revision desc`,
};

async function countHistory(database: Database, parameters: readonly unknown[]): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `select count(*) as count from models.changes
      where ${IN_FILTER} and ($4::text[] is null or changes.entity = any($4))`,
    parameters,
  );
  invariant(row, "a count is one row");
  return row.count;
}
