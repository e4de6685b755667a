import { orderName, type ListRequest } from "./listRequest.graphql";
import type { ListOrder, ListOrderField } from "./listing.graphql";
import type { Page } from "../graphql/connection";
import type { LabelColumns } from "../labels/labels.policy";
import { UNICODE_COLLATION } from "../postgres/checkServer";
import type { Queryable } from "../postgres/database";

/** A table of labelled things that people list. All names come from our own code. */
export type ListedTable = Readonly<{
  /** Under `models`. */
  table: string;
  /** Starts the names of its statements, of which there are others for each further condition; as the table if left out. */
  list?: string;
  /** The column that tells apart what has the same name: with `app` it names a thing. */
  id: string;
}>;

/** The columns that lists filter and order by. */
export type ListedRow = LabelColumns & {
  name: string;
  created_at: string;
  updated_at: string;
};

/** What else has to fit, about the columns of `things`; its parameters are numbered from `first` on. */
export type Further = Readonly<{ condition: (first: number) => string; parameters: readonly unknown[] }>;

/** A page that knows how long its list is. */
export type CountedPage<Row> = Page<Row> & Readonly<{ totalCount: number }>;

/** All of these have to fit. */
export function allOf(...furthers: readonly Further[]): Further {
  return {
    condition(first) {
      let next = first;
      const conditions = furthers.map(({ condition, parameters }) => {
        next += parameters.length;
        return condition(next - parameters.length);
      });
      return conditions.join(" and ");
    },
    parameters: furthers.flatMap(({ parameters }) => parameters),
  };
}

const NOTHING_FURTHER: Further = { condition: () => "true", parameters: [] };

/** One page of an app's things, and how many there are in all. The statements are the same whatever is filtered by. */
export async function listThings<Row extends ListedRow>(
  database: Queryable,
  { table, id, list = table }: ListedTable,
  app: string,
  { isArchivedIn, filter, order, page: { limit, after } }: ListRequest,
  further: Further = NOTHING_FURTHER,
): Promise<CountedPage<Row>> {
  const { text, tags, owners, authors, removeBy } = filter;
  const labels = [tags && JSON.stringify(tags), owners, authors, removeBy];
  const filtering = [app, isArchivedIn, text, ...labels, ...further.parameters];
  const where = `${FILTER} and ${further.condition(FILTER_PARAMETERS + 1)}`;
  const { column, type } = ORDER_COLUMNS[order.by];
  const ordered = `things.${column}`;
  const tied = `things.${id} collate "C"`;
  const [value, last, rowLimit] = [1, 2, 3].map((index) => `$${filtering.length + index}`);
  const comes = order.direction === "ASC" ? ">" : "<";
  const [rows, counts] = await Promise.all([
    database.query<Row>(
      `select things.* from models.${table} as things
        where ${where}
          and (${value}::${type} is null or (${ordered}, ${tied}) ${comes} (${value}, ${last}::text))
        order by ${ordered} ${order.direction}, ${tied} ${order.direction} limit ${rowLimit}`,
      [...filtering, after?.[1] ?? null, after?.[2] ?? null, limit + 1],
      `${list}.list ${orderName(order)}`,
    ),
    database.query<{ count: number }>(
      `select count(*) as count from models.${table} as things where ${where}`,
      filtering,
      `${list}.count`,
    ),
  ]);
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit, totalCount: counts[0]?.count ?? 0 };
}

/** Where a row stands in a list of this order: what its cursor holds. */
export function positionIn(order: ListOrder, row: ListedRow, id: string): readonly string[] {
  const value = { NAME: row.name, CREATED: row.created_at, CHANGED: row.updated_at }[order.by];
  return [orderName(order), value, id];
}

const ORDER_COLUMNS: Readonly<Record<ListOrderField, Readonly<{ column: string; type: string }>>> = {
  NAME: { column: 'name collate "C"', type: "text" },
  CREATED: { column: "created_at", type: "timestamptz" },
  CHANGED: { column: "updated_at", type: "timestamptz" },
};

/** In lower case by the rules of Unicode, whatever the database's own language is. */
export function lowered(text: string): string {
  return `lower(${text} collate "${UNICODE_COLLATION}")`;
}

const TEXTS = `(things.name || E'\\n' || things.description || E'\\n' || things.note)`;

/** Compares by `position`, for which no character means anything else than itself. */
const FILTER = `things.app = $1 and things.is_archived = any($2)
          and ($3::text is null or position(${lowered("$3")} in ${lowered(TEXTS)}) > 0)
          and ($4::jsonb is null or things.tags @> $4)
          and ($5::text[] is null or things.owner = any($5))
          and ($6::text[] is null or things.created_by = any($6) or things.updated_by = any($6))
          and ($7::timestamptz is null or things.remove_by <= $7)`;
const FILTER_PARAMETERS = 7;
