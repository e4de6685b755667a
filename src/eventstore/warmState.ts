import { setImmediate } from "node:timers/promises";
import { rememberCommand, type AcceptedCommands } from "./acceptedCommands";
import {
  NO_STREAM,
  START,
  type EventMeta,
  type EventStore,
  type Position,
  type RecordedEvent,
} from "./eventStore";
import type { Folded } from "./commands";
import type { Decider, Event } from "../lib/decider";
import { invariant } from "../lib/invariant";

export const READ_PAGE_SIZE = 500;

/** The fold of a stream up to a revision, which whoever holds it may evolve in place. */
export type Warm<State> = {
  state: State;
  revision: number;
  position: Position;
  /** Of the last event; null if there is none. */
  meta: EventMeta | null;
  readonly accepted: AcceptedCommands;
};

/** What folding a stream takes. */
export type Folding<State> = Readonly<{
  store: Pick<EventStore, "readStream">;
  decider: Pick<Decider<State, never, Event<string, unknown>>, "initialState" | "evolve">;
  upcast: (event: RecordedEvent) => RecordedEvent;
}>;

export function coldState<State>({ decider }: Folding<State>): Warm<State> {
  return {
    state: decider.initialState(),
    revision: NO_STREAM,
    position: START,
    meta: null,
    accepted: new Map(),
  };
}

/** Evolves by one event. Its position is the caller's to set, who may not know it yet. */
export function evolveWarm<State>(
  { decider }: Pick<Folding<State>, "decider">,
  warm: Warm<State>,
  event: Event<string, unknown>,
  meta: EventMeta,
): void {
  const facts = { revision: warm.revision + 1, recordedAt: meta.recordedAt, actor: meta.actor };
  warm.state = decider.evolve(warm.state, event, facts);
  warm.revision = facts.revision;
  warm.meta = meta;
  rememberCommand(warm.accepted, meta);
}

/** Evolves by everything that the log holds beyond the state. Tells whether there was anything. */
export async function catchUp<State>(
  folding: Folding<State>,
  stream: string,
  warm: Warm<State>,
  isWanted: (event: RecordedEvent) => boolean = () => true,
): Promise<boolean> {
  const revisionBefore = warm.revision;
  for (;;) {
    const page = await folding.store.readStream(stream, warm.revision + 1, READ_PAGE_SIZE);
    for (const event of page) {
      if (!isWanted(event)) return warm.revision > revisionBefore;
      invariant(event.revision === warm.revision + 1, `stream "${stream}" has a gap at ${event.revision}`);
      const { type, data } = folding.upcast(event);
      evolveWarm(folding, warm, { type, data: data as object }, event.meta);
      warm.position = event.position;
    }
    if (page.length < READ_PAGE_SIZE) return warm.revision > revisionBefore;
    // A long stream is folded in pages, so that others get their turn.
    await setImmediate();
  }
}

export function foldedOf<State>({ state, revision, position, meta }: Warm<State>): Folded<State> {
  return { state, revision, position, recordedAt: meta?.recordedAt ?? "" };
}
