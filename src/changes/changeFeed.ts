import type { Json } from "../lib/json";

/** One item of the feed. Events carry everything; a CHECKPOINT or CAUGHT_UP carries its cursor alone. */
export type ChangeItem =
  | Readonly<{ cursor: string; kind: "EVENT"; event: ChangeEvent }>
  | Readonly<{ cursor: string; kind: "CHECKPOINT" | "CAUGHT_UP"; event: null }>;

/** A change in the fields of CloudEvents 1.0, with its actor and the entity before and after. */
export type ChangeEvent = Readonly<{
  id: string;
  type: string;
  subject: string;
  time: string;
  actor: string;
  environment: string | null;
  before: Json;
  after: Json;
}>;

export type ChangeFilter = Readonly<{
  environments?: readonly string[];
  kinds?: readonly string[];
  types?: readonly string[];
  entities?: readonly string[];
}>;

/** Where to start: after a cursor, since an instant, or at an end of the feed. */
export type ChangeStart =
  Readonly<{ after: string }> | Readonly<{ since: string }> | Readonly<{ startAt: "BEGINNING" | "NOW" }>;

export interface ChangeFeed {
  /** @throws {CursorUnknown} for a cursor of another log, past the head, or forged. */
  page(
    app: string,
    start: ChangeStart,
    filter: ChangeFilter,
    first: number,
  ): Promise<{ items: ChangeItem[]; endCursor: string; hasMore: boolean }>;
  /** Replays and goes on live, pulled by the consumer, until `signal` aborts. */
  follow(
    app: string,
    start: ChangeStart,
    filter: ChangeFilter,
    signal: AbortSignal,
  ): AsyncIterable<ChangeItem>;
}

/** The cursor is not of this log: the consumer must start over. */
export class CursorUnknown extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CursorUnknown";
  }
}
