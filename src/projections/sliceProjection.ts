import type { Projection, Rows } from "./projection";
import type { RecordedEvent } from "../eventstore/eventStore";
import type { JsonObject } from "../lib/json";

/** One slice's part of a read model that several slices share, so that they move in one transaction. */
export type SliceProjection = Pick<Projection, "tables" | "reads" | "apply"> &
  Readonly<{
    /**
     * The entity that the event is about, as the change feed shows it. Asked before and after `apply`; null for events of
     * other slices, `document` null where the entity does not exist.
     */
    document(event: RecordedEvent, rows: Rows): EntityDocument | null;
  }>;

/** `kind` is the entity's GraphQL type name; `environment` is set for what happened in one environment only. */
export type EntityDocument = Readonly<{
  kind: string;
  id: string;
  environment: string | null;
  document: JsonObject | null;
}>;
