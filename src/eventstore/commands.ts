import type { Position } from "./eventStore";
import type { Refusal } from "../lib/refusal";
import type { Warning } from "../lib/warning";

/** Turns commands into appended events, and answers what a stream's state is or was. The only one who appends. */
export interface CommandHandler<State, C> {
  /**
   * Decides the command over the stream's state and appends what comes of it. A lost race is decided anew; before it
   * refuses, the state has caught up with the log. A command id accepted in the last 7 days appends nothing more.
   * @throws {StoreUnavailable} if the log is away; the same command with the same id may be sent again.
   */
  handle(stream: string, command: C, envelope: Envelope): Promise<Outcome>;

  /** The state with everything appended so far, anywhere. Not to be changed, and not to be kept. */
  state(stream: string): Promise<Folded<State>>;

  /** The state as it was right after a revision, or at an instant (ISO 8601). Null if the stream did not exist yet. */
  stateAt(
    stream: string,
    moment: Readonly<{ revision: number }> | Readonly<{ time: string }>,
  ): Promise<Folded<State> | null>;

  /** The data of the event at a revision: what the state refers to and does not hold. */
  content(stream: string, revision: number): Promise<unknown>;
}

export type Envelope = Readonly<{
  /** The client's idempotency key, or one made for this request. */
  commandId: string;
  /** Opaque id of who asks. */
  actor: string;
  /** What the actor may do; see `Circumstances`. */
  may: (right: string, place?: string) => boolean;
  /** Of a secret that was made for this command; see `Circumstances`. */
  secretHash?: string;
  /** Decides, and appends nothing. */
  validateOnly?: boolean;
}>;

export type Outcome =
  | Readonly<{
      outcome: "accepted";
      /** Of the stream's last event: what was appended, or what was there if nothing had to be. */
      revision: number;
      position: Position;
      /** What is odd about it; a repeat of what was accepted before is told nothing. */
      warnings: readonly Warning[];
      /** Ids that `newId` gave to this command, by prefix and ordinal: also when it was a repeat. */
      newId(prefix: string, ordinal?: number): string;
    }>
  | Readonly<{ outcome: "refused"; reasons: readonly Refusal[] }>;

export type Folded<State> = Readonly<{
  state: State;
  /** `NO_STREAM` if nothing was appended yet. */
  revision: number;
  position: Position;
  /** Of the last event; empty if there is none. */
  recordedAt: string;
}>;
