import type { ChangeRow } from "./changes.projection";
import type { Database } from "../postgres/database";
import { completeReleaseDocuments } from "../releases/releaseDocument";

/** What `CHANGE_COLUMNS` gave, with everything in it that the feed keeps by reference. */
export async function completeChanges<Row extends Pick<ChangeRow, "before" | "after">>(
  database: Database,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  const documents = await completeReleaseDocuments(
    database,
    rows.flatMap(({ before, after }) => [before, after]),
  );
  return rows.map((row, index) => ({
    ...row,
    before: documents[2 * index] ?? null,
    after: documents[2 * index + 1] ?? null,
  }));
}
