import type { Page, PageRequest } from "../graphql/connection";
import type { SearchedTable } from "../graphql/context";
import { lowered } from "../listing/listing.queries";
import type { Queryable } from "../postgres/database";

/** A kind of things that can be searched for, by GraphQL type name, and where they stand. */
export type SearchSource = Readonly<{ kind: string; searched: SearchedTable }>;

export type Search = Readonly<{
  text: string;
  isArchivedIn: readonly boolean[];
  /** Null: all of them. */
  kinds: readonly string[] | null;
}>;

/** `rank` says how well it fits: 0 is the name itself, then a name that begins with it, then any name, then any other text. */
export type Found = Readonly<{ kind: string; id: string; name: string; rank: number }>;

/** One page of an app's things in which all words of a text stand, the best fitting first. One statement for all kinds. */
export async function searchThings(
  database: Queryable,
  sources: readonly SearchSource[],
  app: string,
  { text, isArchivedIn, kinds }: Search,
  { limit, after }: PageRequest,
): Promise<Page<Found>> {
  const whole = text.trim();
  const [rank = null, name = null, id = null] = after ?? [];
  const rows = await database.query<Found & { total: number }>(
    `with noted as materialized (${NOTED}), found as materialized (${foundAmong(sources)}), total as (select count(*) as total from found)
     select found.kind, found.id, found.name, found.rank, total.total
       from total left join found
         on $6::int is null or (found.rank, found.name collate "C", found.id collate "C") > ($6, $7::text, $8::text)
      order by found.rank, found.name collate "C", found.id collate "C" limit $9`,
    [app, isArchivedIn, kinds, whole.split(/\s+/u), whole, rank, name, id, limit + 1],
    "search.searchThings",
  );
  // Where nothing is left to show, one row still says how many there are.
  const shown = rows.filter((row) => row.id !== null);
  return { rows: shown.slice(0, limit), hasNextPage: shown.length > limit, totalCount: rows[0]?.total ?? 0 };
}

function foundAmong(sources: readonly SearchSource[]): string {
  return `
    select things.kind, things.id, things.name,
           case when things.title = ${lowered("$5::text")} then 0
                when position(${lowered("$5::text")} in things.title) = 1 then 1
                when ${hasAllWords("things.title")} then 2
                else 3 end as rank
      from (${sources.map(textsOf).join("\n union all ")}) as things
     where ($3::text[] is null or things.kind = any($3)) and ${hasAllWords("things.texts", IN_NO_NOTE)}`;
}

/** Compares by `position`, for which no character means anything else than itself. */
function hasAllWords(texts: string, elsewhere = "true"): string {
  return `not exists (
            select from unnest($4::text[]) as word
             where position(${lowered("word")} in ${texts}) = 0 and ${elsewhere})`;
}

/**
 * Which words stand in whatever was ever noted of which thing: found in one pass, since one for each thing would read the notes of
 * the app as many times. The index has the changes with a note only.
 */
const NOTED = `
  select distinct notes.entity, words.word
    from (select changes.entity, ${lowered("changes.note")} as note
            from models.changes where changes.app = $1 and changes.note <> '' offset 0) as notes
    join unnest($4::text[]) as words(word) on position(${lowered("words.word")} in notes.note) > 0`;

const IN_NO_NOTE = "(things.id, word) not in (select noted.entity, noted.word from noted)";

/** Names of kinds and tables, and what tells things apart, come from our own code. */
function textsOf({ kind, searched: { table, id, condition = "true" } }: SearchSource): string {
  const tags = "(select string_agg(tag, E'\\n') from jsonb_array_elements_text(things.tags) as tag)";
  const texts = `concat_ws(E'\\n', things.name, things.description, things.owner, ${tags})`;
  return `
        select '${kind}' as kind, ${id} as id, things.name, ${lowered("things.name")} as title, ${lowered(texts)} as texts
          from models.${table} as things
         where things.app = $1 and things.is_archived = any($2) and ${condition}`;
}
