import type { Refusal } from "./refusal";
import type { Warning } from "./warning";

/** A fact, named in the past tense. Its name and data are the stored format. */
export type Event<Type extends string, Data> = Readonly<{ type: Type; data: Readonly<Data> }>;

/** A wish, named in the imperative. */
export type Command<Type extends string, Data> = Readonly<{ type: Type; data: Readonly<Data> }>;

/** What deciding comes to: the facts to append, perhaps with warnings, or every reason to refuse. */
export type Decision<E> =
  | Readonly<{ outcome: "accepted"; events: readonly E[]; warnings?: readonly Warning[] }>
  | Readonly<{ outcome: "refused"; reasons: readonly Refusal[] }>;

export const accept = <E>(...events: E[]): Decision<E> => ({ outcome: "accepted", events });
/** The same, with what is odd about it if anything is; a refusal has its reasons alone. */
export function withWarnings<E>(decision: Decision<E>, warnings: readonly Warning[]): Decision<E> {
  return decision.outcome === "refused" || warnings.length === 0 ? decision : { ...decision, warnings };
}
export const refuse = (...reasons: Refusal[]): Decision<never> => ({ outcome: "refused", reasons });

/** What the shell knows and a decision may need: all of it is fixed before deciding, so deciding stays pure. */
export interface Circumstances {
  /** When the command is decided, ISO 8601 in UTC with milliseconds; never before the stream's last event. */
  readonly at: string;
  /**
   * Whether the actor has a right, as `PUBLISH`, at a place if one is named; without one: at any place at all. Pure, and the
   * same however often it is asked.
   */
  readonly may: (right: string, place?: string) => boolean;
  /** Opaque id of who asks. */
  readonly actor: string;
  /** Of the stream's last event, over which is decided. */
  readonly revision: number;
  /**
   * The hash of a secret that was made for this command; null if none was. It is no part of the command: a repeat brings
   * another one, and the first one's counts.
   */
  readonly secretHash: string | null;
  /**
   * An id for a new thing, the same for the same command id, prefix and ordinal, so that a retried
   * command makes the same thing. Pure.
   */
  newId(prefix: string, ordinal?: number): string;
  /** Content loaded for the references that `needs` named; asking for another one is a programmer's error. */
  content(reference: ContentReference): unknown;
}

/** An event's data that the state does not hold, named by its revision in the stream. */
export type ContentReference = Readonly<{ revision: number }>;

/** What a fold is told about an event beside type and data. */
export type EventFacts = Readonly<{ revision: number; recordedAt: string; actor: string }>;

/** The whole behaviour of one kind of stream. */
export interface Decider<State, C, E> {
  /** A fresh state, which the fold that asked for it owns and may change in place. */
  initialState(): State;
  evolve(state: State, event: E, facts: EventFacts): State;
  /** The contents, not held in the state, that `decide` will want for this command. */
  needs?(command: C, state: State): readonly ContentReference[];
  /** Must not change `state`. */
  decide(command: C, state: State, circumstances: Circumstances): Decision<E>;
}
