import type { ChangeRow } from "./changes.projection";
import { completeChanges } from "./completeChanges";
import type { Database } from "../postgres/database";

export type SnapshotRange = Readonly<{
  app: string;
  /** As of which revision; null: of the last one, seen at the same moment as the rows. */
  atRevision: number | null;
  /** Exclusive; empty: from the first one. */
  afterEntity: string;
  kinds: readonly string[] | null;
  kindsWithheld: readonly string[];
  limit: number;
}>;

export type SnapshotRow = Pick<ChangeRow, "entity" | "kind" | "after"> & Readonly<{ revision: number }>;

export type SnapshotRows = Readonly<{
  /** The revision that all of it is as of. */
  revision: number;
  rows: readonly SnapshotRow[];
  /** Where to go on; null where there is nothing more. */
  lastEntity: string | null;
}>;

/**
 * What the entities of an app were right after a revision, in the order of their ids. Changes are only ever added, so pages
 * that are asked for one after the other are of one moment. Looks at `limit` entities, those included that it does not give.
 */
export async function readSnapshot(database: Database, range: SnapshotRange): Promise<SnapshotRows | null> {
  const { app, atRevision, afterEntity, kinds, kindsWithheld, limit } = range;
  const walked = await database.query<Walked>(
    `with recursive moment as (
       select coalesce($2, (select max(changes.revision) from models.changes where changes.app = $1)) as revision),
     walk (entity, place) as (
       select min(changes.entity), 0 from models.changes where changes.app = $1 and changes.entity > $3
       union all
       -- The index finds the next entity at once, however many changes this one has had.
       select (select min(changes.entity) from models.changes where changes.app = $1 and changes.entity > walk.entity),
              walk.place + 1
         from walk
        where walk.entity is not null and walk.place < $4)
     select moment.revision as moment, walk.entity as walked, latest.*
       from moment
       join walk on walk.entity is not null or walk.place = 0
       left join lateral (
         select changes.entity, changes.kind, changes.revision, changes.after::json as after
           from models.changes
          where changes.app = $1 and changes.entity = walk.entity and changes.revision <= moment.revision
          order by changes.revision desc
          limit 1) latest
         on ($5::text[] is null or latest.kind = any($5)) and latest.kind <> all($6::text[])
      order by walk.place`,
    [app, atRevision, afterEntity, limit, kinds, kindsWithheld],
    "changes.readSnapshot",
  );
  const moment = walked[0]?.moment ?? null;
  if (moment === null) return null;
  const shown = walked.slice(0, limit);
  const rows = await completeChanges(database, shown.filter(isThere).map(asRow));
  const lastEntity = walked.length > limit ? (shown.at(-1)?.walked ?? null) : null;
  return { revision: moment, rows, lastEntity };
}

type Found = { entity: string; kind: string; revision: number; after: ChangeRow["after"] };
type Walked = { moment: number | null; walked: string | null } & (Found | { entity: null });

/** Not what came later, what is gone, and what is not asked for. */
function isThere(row: Walked): row is { moment: number; walked: string } & Found {
  return row.entity !== null && row.after !== null;
}

const asRow = ({ entity, kind, revision, after }: Found): SnapshotRow & { before: null } => ({
  ...{ entity, kind, revision, after },
  before: null,
});
