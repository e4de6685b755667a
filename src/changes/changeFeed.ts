import type { Documents } from "./documentText";
import type { Json } from "../lib/json";

/** One item of the feed. Events carry everything; a CHECKPOINT or CAUGHT_UP carries its cursor alone. */
export type ChangeItem =
  | (Sent &
      Readonly<{
        kind: "EVENT";
        event: ChangeEvent;
        /** What \`before\` and \`after\` of the event are as JSON, where they stand so. */
        texts?: Documents["texts"];
      }>)
  | (Sent & Readonly<{ kind: "CHECKPOINT" | "CAUGHT_UP"; event: null }>);

/** Items that come together, at least one. */
export type ChangeBatch = Readonly<{
  items: readonly ChangeItem[];
  /** Whether others who follow get the same objects. */
  isShared: boolean;
}>;

/** `lease` is what the item can be acknowledged with, where a named consumer follows. */
type Sent = Readonly<{ cursor: string; lease?: string }>;

/** A change in the fields of CloudEvents 1.0, with its actor and the entity before and after. */
export type ChangeEvent = Readonly<{
  id: string;
  /** The domain event's name: KeyCreated, ConfigPublished. */
  type: string;
  /** The app, as a path. */
  source: string;
  /** Where the server has the JSON Schema of this event. */
  dataschema: string;
  /** Orders the events of one app as strings do. */
  sequence: string;
  /** The entity's id, and its GraphQL type name. */
  subject: string;
  entityKind: string;
  time: string;
  actor: string;
  /** Why, in the actor's words; may be empty. */
  note: string;
  /** Null for what concerns all environments. */
  environment: string | null;
  before: Json;
  after: Json;
}>;

/** A thing at the moment of a snapshot, with `after` of its last change until then. */
export type SnapshotItem = Readonly<{ subject: string; entityKind: string; sequence: string; after: Json }>;

/** All that are given must hold. What concerns all environments passes every choice of environments. */
export type ChangeFilter = Readonly<{
  environments?: readonly string[];
  kinds?: readonly string[];
  types?: readonly string[];
  entities?: readonly string[];
  /** Of which the entity has one, after the change or before it. */
  tags?: readonly string[];
  /** Kinds that are not for whoever asks. */
  kindsWithheld?: readonly string[];
  /** One share of all entities. */
  partition?: Readonly<{ number: number; of: number }>;
}>;

/** Whom an instance works for, and what it calls itself. */
export type ConsumerIdentity = Readonly<{ app: string; name: string; holder: string }>;

/** Where to start: after a cursor, since an instant, or at an end of the feed. */
export type ChangeStart =
  Readonly<{ after: string }> | Readonly<{ since: string }> | Readonly<{ startAt: "BEGINNING" | "NOW" }>;

export interface ChangeFeed {
  /**
   * What there is now, at most `first` events.
   * @throws {CursorUnknown} for a cursor of another log or app, past the head, or forged.
   * @throws {AppUnknown}
   */
  page(
    app: string,
    start: ChangeStart,
    filter: ChangeFilter,
    first: number,
  ): Promise<{ items: ChangeItem[]; endCursor: string; hasMore: boolean }>;
  /**
   * A part of what there is at one moment, and the cursor of that moment. `after` is the `next` of the part before; null: the
   * first part, of now.
   * @throws as `page`
   */
  snapshot(
    app: string,
    after: string | null,
    filter: Pick<ChangeFilter, "kinds" | "kindsWithheld">,
    first: number,
  ): Promise<{ items: SnapshotItem[]; cursor: string; next: string | null }>;
  /**
   * Replays and goes on live, pulled by the consumer, until `signal` aborts. Says CAUGHT_UP once, when everything was
   * replayed, and CHECKPOINT from time to time, so that a narrow filter advances too.
   * @throws as `page`, and {DatabaseUnavailable}, at the first or a later item: follow again from the last cursor.
   */
  follow(
    app: string,
    start: ChangeStart,
    filter: ChangeFilter,
    signal: AbortSignal,
  ): AsyncIterable<ChangeBatch>;
  /**
   * As `follow`, from where a named consumer has acknowledged, as the one instance that works on a partition of it.
   * @throws as `follow`, {ConsumerUnknown}, {ConsumerBusy} and, at any item, {LeaseLost}.
   */
  followAs(consumer: ConsumerIdentity, filter: ChangeFilter, signal: AbortSignal): AsyncIterable<ChangeBatch>;
  /** The revision behind which a start is. @throws {CursorUnknown}, {AppUnknown} */
  place(app: string, start: ChangeStart): Promise<number>;
  cursorAt(app: string, revision: number): string;
}

/** The cursor is not of this log: the consumer must start over. */
export class CursorUnknown extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CursorUnknown";
  }
}

/** No app has this slug. */
export class AppUnknown extends Error {
  constructor(readonly app: string) {
    super(`There is no app "${app}"; check its slug.`);
    this.name = "AppUnknown";
  }
}

/** The app has no consumer of this name. */
export class ConsumerUnknown extends Error {
  constructor(name: string) {
    super(`The app has no consumer "${name}"; make it with createConsumer.`);
    this.name = "ConsumerUnknown";
  }
}

/** Other instances work on all that there is for a consumer. */
export class ConsumerBusy extends Error {
  constructor(name: string) {
    super(
      `Other instances work for "${name}" already. Try again now and then, to take over when one of them ends.`,
    );
    this.name = "ConsumerBusy";
  }
}

/** Another instance works on it now, or the consumer was reset or deleted. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`The lease of "${name}" is lost. Subscribe again: what was not acknowledged is sent again.`);
    this.name = "LeaseLost";
  }
}
