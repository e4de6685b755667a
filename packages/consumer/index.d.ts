/** What happened, in the fields of CloudEvents 1.0, with who did it and the thing before and after. */
export type ChangeEvent = Readonly<{
  specversion: "1.0";
  /** The same however often it is sent. */
  id: string;
  /** `KeyCreated`, `ConfigPublished`, … Skip what you do not know: the list grows. */
  type: string;
  source: string;
  /** The id of the thing. */
  subject: string;
  time: string;
  datacontenttype: "application/json";
  /** Where the server has the JSON Schema of this event. */
  dataschema: string;
  /** Orders the events of one app as text. */
  sequence: string;
  /** `Key`, `Config`, … */
  entityKind: string;
  actor: Readonly<{ id: string }>;
  note: string;
  environment: string | null;
  before: unknown;
  after: unknown;
}>;

/** Keep the cursor of each, also of those without an event: it is where to go on from. */
export type Change =
  | Readonly<{ kind: "EVENT"; cursor: string; event: ChangeEvent }>
  | Readonly<{ kind: "CHECKPOINT" | "CAUGHT_UP"; cursor: string; event: null }>;

export type ChangesOptions = Readonly<{
  /** Of the server: `http://127.0.0.1:4000`. */
  url: string;
  /** One that may follow: of a SERVER, or of a person. Asked anew for each connection if it is a function. */
  token: string | (() => string | Promise<string>);
  /** The app's slug. */
  app: string;
  /** Where to start, one of three; now if none is given. */
  after?: string | null;
  since?: string;
  startAt?: "BEGINNING" | "NOW";
  /** Only events that fit all of the lists given. */
  environments?: readonly string[];
  kinds?: readonly string[];
  types?: readonly string[];
  entities?: readonly string[];
  tags?: readonly string[];
  /** Ends the iteration. */
  signal?: AbortSignal;
  /** Told of every connection that was lost, before the next one is tried. */
  onLost?: (error: unknown) => void;
}>;

export type SnapshotItem = Readonly<{
  /** The id of the thing, as the `subject` of its changes. */
  subject: string;
  entityKind: string;
  /** That of its last change. */
  sequence: string;
  /** The thing, as `after` of its last change has it. */
  after: unknown;
}>;

/**
 * The whole state of an app at one moment, and the cursor to follow its changes from.
 * @throws {ChangesRefused} for what trying again does not mend, and what `fetch` throws.
 */
export function snapshot(
  options: Pick<ChangesOptions, "url" | "token" | "app" | "kinds" | "signal">,
): Promise<Readonly<{ cursor: string; items: readonly SnapshotItem[] }>>;

/** The server refuses to go on: `CURSOR_UNKNOWN` means to read everything anew. `status` is that of HTTP. */
export class ChangesRefused extends Error {
  readonly code: string;
  readonly status: number;
}

/**
 * The changes of an app, in order, without gap or duplicate for as long as it is iterated: a connection that is lost is
 * made again from the last change that was handed over.
 * @throws {ChangesRefused} for what trying again does not mend.
 */
export function changes(options: ChangesOptions): AsyncGenerator<Change, void, void>;
