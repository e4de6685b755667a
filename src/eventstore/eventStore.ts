/**
 * The port to the log of events. Everything that decides or projects speaks to this and to nothing below it, so it
 * asks for nothing that only one kind of store can do.
 */
export interface EventStore {
  /** The identity of this log; a restored or different log has another. It goes into every cursor. */
  logId(): Promise<string>;

  /**
   * Appends all events or none, if the stream's last revision is exactly `expectedRevision`.
   * An append repeated with the same stream, command id and expected revision adds nothing and is answered as the first
   * one was. With another expected revision it is so only in stores that keep more than the streams: whoever decides
   * over a stream must know which commands came into it.
   * Appends made to one stream in one tick, each expecting what the one before it leaves, are a chain: once one comes to
   * nothing, those behind it are in conflict, even if another writer's events make their expected revision fit.
   * @throws {StoreUnavailable} if the outcome cannot be known or the store is away; safe to repeat.
   */
  append(append: Append): Promise<AppendResult>;

  /** Up to `limit` events of one stream, in order, from revision `from` on. Empty if there are none. */
  readStream(stream: string, from: number, limit: number): Promise<RecordedEvent[]>;

  /** Up to `limit` events of all streams after a position, in log order. No event before the last one returned is ever added. */
  readAll(after: Position, limit: number, filter?: ReadFilter): Promise<RecordedEvent[]>;

  /** The position of the last event; `START` if there is none. */
  head(): Promise<Position>;

  /** Calls `listener` soon after anything was appended, here or elsewhere; may call without cause. Returns how to stop. */
  onAppended(listener: (wake: Wake) => void): () => void;

  close(): Promise<void>;
}

export const NO_STREAM = -1;

/** Opaque outside of the store. Positions of one log order as strings do. */
export type Position = string & { readonly __position: unique symbol };
export const START = "" as Position;

export type NewEvent = Readonly<{ type: string; schemaVersion: number; data: unknown }>;

export type Append = Readonly<{
  stream: string;
  /** The revision of the stream's last event; `NO_STREAM` for a stream that does not exist. */
  expectedRevision: number;
  /** Identifies the wish. Event ids derive from it and the stream. */
  commandId: string;
  /** At least one. */
  events: readonly NewEvent[];
  meta: EventMeta;
}>;

/** Stands beside each event's data. Strings only. */
export type EventMeta = Readonly<{
  actor: string;
  commandId: string;
  recordedAt: string;
  fingerprint: string;
}>;

export type AppendResult =
  | Readonly<{ outcome: "appended" | "duplicate"; revision: number; position: Position }>
  | Readonly<{ outcome: "conflict"; actualRevision: number }>;

export type RecordedEvent<Data = unknown> = Readonly<{
  /** UUID, the same for the same stream, command id and ordinal. */
  id: string;
  stream: string;
  revision: number;
  position: Position;
  type: string;
  schemaVersion: number;
  data: Data;
  meta: EventMeta;
}>;

export type ReadFilter = Readonly<{ streamPrefix: string }>;

/**
 * `streams` names what was appended to if that is known, and is null if it may be any. `appended` is what this process
 * appended, so that it need not be read from the log; null where the store cannot tell all that it says.
 */
export type Wake = Readonly<{
  streams: readonly string[] | null;
  isLocal: boolean;
  appended: AppendedEvents | null;
}>;

/** As the log would give them, with nothing between them, nor between `after` and the first. */
export type AppendedEvents = Readonly<{
  after: Position;
  events: readonly RecordedEvent[];
  /** Of all data and meta, about. */
  bytes: number;
}>;

/** The store is away or did not answer in time. Nothing is known to be lost; the same call may be made again. */
export class StoreUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreUnavailable";
  }
}
