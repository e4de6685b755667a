/** What happened to a log: what each caller was told, what stands in it at the end, and what each follower saw. */
export type History = Readonly<{
  operations: readonly Operation[];
  /** All events of the streams in question, in the order of the log, read when nothing can be appended to them any more. */
  log: readonly LoggedEvent[];
  followers: readonly Follower[];
}>;

/** One append, or one command that comes to one append, as its caller saw it. */
export type Operation = Readonly<{
  /** As its events name it. */
  id: string;
  stream: string;
  /** How many events it adds. */
  count: number;
  /** Instants of one clock that all share. */
  began: number;
  ended: number;
  outcome: Outcome;
}>;

export type Outcome =
  /** `at` is where its last event was said to stand, as far as its caller is told. */
  | Readonly<{ kind: "ok"; at: Partial<Place> | null }>
  /** It was said to have changed nothing. */
  | Readonly<{ kind: "refused" }>
  /** No answer, or one that leaves it open. */
  | Readonly<{ kind: "unknown" }>;

export type Place = Readonly<{ revision: number; position: string }>;

export type LoggedEvent = Place & Readonly<{ id: string; stream: string; operation: string }>;

export type Follower = Readonly<{
  name: string;
  /** What it follows from its first event on; null: the whole log. */
  stream: string | null;
  /** The ids of all events that it was given, over all its connections. */
  seen: readonly string[];
}>;

/** A way in which a history cannot be, and in words, what of it. */
export type Contradiction = Readonly<{ kind: ContradictionKind; words: string }>;

export type ContradictionKind =
  /** Acknowledged, and not there. */
  | "lost"
  /** There, but not all of it. */
  | "half"
  /** More of it is there than was asked for. */
  | "twice"
  /** All of it is there, and not in one piece. */
  | "torn"
  /** Elsewhere than its caller was told. */
  | "misplaced"
  /** Refused, and there all the same. */
  | "refused"
  /** Nobody asked for it. */
  | "unasked"
  /** Revisions of a stream that do not go 0, 1, 2, … */
  | "gap"
  /** A position that is not behind the one before it. */
  | "disorder"
  | "idTwice"
  /** It began after another one was acknowledged, and stands before it. */
  | "late"
  /** By a follower: an event that it was not given, or twice, or not in its place, or that is not there. */
  | "missed"
  | "repeated"
  | "reordered"
  | "foreign";
