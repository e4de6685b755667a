import type { ChangeRow, FeedRow } from "./changes.projection";
import { documentsOf, type DocumentText } from "./documentText";
import type { Database } from "../postgres/database";
import type { JsonObject } from "../lib/json";
import { completeReleaseDocuments, mayBeReleaseDocument } from "../releases/releaseDocument";

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

/** What `CHANGE_TEXTS` gave. */
export type ChangeTexts = Omit<ChangeRow, "before" | "after"> & { before: DocumentText; after: DocumentText };

/** As `completeChanges`, of texts, which are parsed only where something is missing in them. */
export async function completeTexts(
  database: Database,
  rows: readonly ChangeTexts[],
): Promise<readonly FeedRow[]> {
  const texts = rows.flatMap(({ before, after }) => [before, after]);
  const incomplete = texts.map((text) =>
    text !== null && mayBeReleaseDocument(text) ? (JSON.parse(text) as JsonObject) : null,
  );
  const documents = await completeReleaseDocuments(database, incomplete);
  const textAt = (index: number): DocumentText => {
    const document = documents[index] ?? null;
    return document === null ? (texts[index] ?? null) : JSON.stringify(document);
  };
  return rows.map((row, index) => feedRow(row, textAt(2 * index), textAt(2 * index + 1)));
}

function feedRow(row: ChangeTexts, before: DocumentText, after: DocumentText): FeedRow {
  const { app, revision, id, type, kind, entity, environment, time, actor, note } = row;
  return Object.assign(documentsOf(before, after), {
    ...{ app, revision, id, type, kind, entity, environment, time, actor, note },
  });
}
