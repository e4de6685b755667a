import type { Page, PageRequest } from "../graphql/connection";

/**
 * A page of one release's history, the newest first: `after` is the number of the last entry seen. Pages of many
 * releases are read together, so that a list of a hundred costs one query.
 */
export type HistoryPage = Readonly<{ releaseId: string; limit: number; after: number | null }>;

/** Names a page in one text, by which look-ups of one request are collected. */
export function historyPageName(releaseId: string, { limit, after }: PageRequest): string {
  return JSON.stringify([releaseId, limit, after === null ? null : Number(after[0])]);
}

export function historyPageOf(name: string): HistoryPage {
  // Made by `historyPageName` and by nothing else.
  const [releaseId, limit, after] = JSON.parse(name) as [string, number, number | null];
  // Anything may stand in a cursor; a number that is none, or out of range, begins at the newest.
  return { releaseId, limit, after: Number.isSafeInteger(after) ? after : null };
}

/** The parameters of a query that reads many pages: `unnest($1::text[], $2::int[], $3::bigint[]) with ordinality`. */
export function pageParameters(pages: readonly HistoryPage[]): readonly unknown[] {
  return [
    pages.map(({ releaseId }) => releaseId),
    // One more than is shown, so that we know if there is a next page.
    pages.map(({ limit }) => limit + 1),
    pages.map(({ after }) => after),
  ];
}

/** Deals rows out to the pages that they belong to; `page` counts from 1. */
export function dealOut<Row extends object>(
  pages: readonly HistoryPage[],
  rows: readonly (Row & Readonly<{ page: number }>)[],
  counts: readonly Readonly<{ release_id: string; count: number }>[],
): readonly Page<Row>[] {
  const found = pages.map((): Row[] => []);
  for (const row of rows) found[row.page - 1]?.push(row);
  const countOf = new Map(counts.map(({ release_id, count }) => [release_id, count]));
  return pages.map(({ releaseId, limit }, index) => {
    const ofPage = found[index] ?? [];
    return {
      rows: ofPage.slice(0, limit),
      hasNextPage: ofPage.length > limit,
      totalCount: countOf.get(releaseId) ?? 0,
    };
  });
}
