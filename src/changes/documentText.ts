import type { JsonObject } from "../lib/json";

/** A thing as the feed shows it, as JSON text; null if it does not exist. */
export type DocumentText = string | null;

/** A row's documents, for those who send them on as they are and for those who look into them. */
export type Documents = Readonly<{
  texts: Readonly<{ before: DocumentText; after: DocumentText }>;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}>;

/** Parsed when somebody looks into them, which most followers do not. */
export function documentsOf(before: DocumentText, after: DocumentText): Documents {
  const parsed = { before: parsedOnce(before), after: parsedOnce(after) };
  return {
    texts: { before, after },
    get before() {
      return parsed.before();
    },
    get after() {
      return parsed.after();
    },
  };
}

function parsedOnce(text: DocumentText): () => JsonObject | null {
  let document: JsonObject | null | undefined;
  // A row of the read model, which the projection wrote from an object.
  return () => (document ??= text === null ? null : (JSON.parse(text) as JsonObject));
}
