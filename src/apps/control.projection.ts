import { APP_STREAM_PREFIX, slugOfStream } from "./app.events";
import { changeTable, putChange } from "../changes/changes.projection";
import type { RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { Projection, RowReference, Rows } from "../projections/projection";
import type { EntityDocument, SliceProjection } from "../projections/sliceProjection";

/** Raise it when the rows of any slice, or the documents in the feed, become different for the same events. */
export const CONTROL_VERSION = 17;

/**
 * The read model that the API answers from: what every slice makes of the events, and the feed of changes, in one
 * transaction. So a change is never seen in one of them and missing in another. Documents may share parts with rows and
 * events, since no slice changes those in place: what was true before stays as it was.
 */
export function controlProjection(slices: readonly SliceProjection[]): Projection {
  return {
    name: "control",
    version: CONTROL_VERSION,
    // Slices that share a table both list it.
    tables: [...new Set([...slices.flatMap(({ tables }) => tables), changeTable])],
    reads: (event) => readsOf(slices, event),
    apply(event, rows) {
      for (const slice of slices) slice.apply(event, rows);
      if (!event.stream.startsWith(APP_STREAM_PREFIX)) return;
      const app = slugOfStream(event.stream);
      putChange(rows, app, event, documentIn(slices, event, rows) ?? wholeApp(app));
    },
  };
}

/** Mostly of one slice, so no list is made for each. */
function readsOf(slices: readonly SliceProjection[], event: RecordedEvent): readonly RowReference[] {
  let found: readonly RowReference[] = [];
  for (const slice of slices) {
    const references = slice.reads(event);
    if (references.length > 0) found = found.length === 0 ? references : [...found, ...references];
  }
  return found;
}

function documentIn(
  slices: readonly SliceProjection[],
  event: RecordedEvent,
  rows: Rows,
): EntityDocument | null {
  let found: EntityDocument | null = null;
  for (const slice of slices) {
    const document = slice.document(event, rows);
    if (document === null) continue;
    invariant(found === null, () => `two slices say what ${event.type} is about`);
    found = document;
  }
  return found;
}

/** What no slice claims concerns the app as a whole. */
function wholeApp(app: string): EntityDocument {
  return { kind: "App", id: `app_${app}`, environment: null, document: null };
}
