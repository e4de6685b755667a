import { fingerprintOf } from "./commandIdentity";
import { newIdsFor, type NewIdOf } from "./commandBatch";
import type { CommandHandler } from "./commands";
import { createContents } from "./contents";
import { NO_STREAM, type EventStore, type RecordedEvent, type Wake } from "./eventStore";
import { createPastStates } from "./pastStates";
import type { SnapshotStore } from "./snapshots";
import {
  CONTENDED_FOR_MS,
  isIdle,
  newActor,
  read,
  send,
  type ActorShell,
  type StreamActor,
} from "./streamActor";
import { STORE_ANSWER_TIMEOUT_MS } from "./within";
import type { Command, Decider, Event } from "../lib/decider";
import { recentlyUsed, type RecentlyUsed } from "../lib/recentlyUsed";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

/** Streams whose state is kept in memory. */
export const WARM_STREAMS_MAX = 200;
export const COMMAND_ID_LENGTH_MAX = 128;

export type CommandHandlerOptions<State, C, E extends Event<string, unknown>> = Readonly<{
  store: EventStore;
  decider: Decider<State, C, E>;
  /** Raise it when the shape or the meaning of the state changes: snapshots of other versions are not read. */
  stateVersion: number;
  snapshots: SnapshotStore;
  now: () => Date;
  /** Brings an event that was stored by an older version of the server to today's shape. */
  upcast: (event: RecordedEvent) => RecordedEvent;
  /** The version of an event type's shape today. */
  schemaVersionOf: (type: string) => number;
  newIdOf: NewIdOf;
  /** Told of what went wrong off the path of any caller. */
  report?: (error: unknown) => void;
  warmStreamsMax?: number;
  contentsBytesMax?: number;
  timeoutMs?: number;
  /** How long a command is tried against other writers of its stream. */
  contendedForMs?: number;
}>;

export type ClosableCommandHandler<State, C> = CommandHandler<State, C> &
  Readonly<{
    /** Resolves when nothing is under way any more. The store stays open. */ close(): Promise<void>;
  }>;

/** Makes the one who decides commands over streams and appends what comes of them. */
export function createCommandHandler<
  State,
  C extends Command<string, unknown>,
  E extends Event<string, unknown>,
>(options: CommandHandlerOptions<State, C, E>): ClosableCommandHandler<State, C> {
  const { store, upcast, newIdOf } = options;
  const contents = createContents(store, upcast, options.contentsBytesMax);
  const shell: ActorShell<State, C> = {
    ...options,
    // What it evolves by was decided by itself: now, or before it came into the log.
    decider: options.decider as unknown as Decider<State, C, Event<string, unknown>>,
    contents,
    report: options.report ?? (() => undefined),
    timeoutMs: options.timeoutMs ?? STORE_ANSWER_TIMEOUT_MS,
    contendedForMs: options.contendedForMs ?? CONTENDED_FOR_MS,
  };
  const actors = recentlyUsed<string, StreamActor<State, C>>(
    options.warmStreamsMax ?? WARM_STREAMS_MAX,
    () => 1,
    isIdle,
  );
  const stopListening = store.onAppended((wake) => markStale(actors, wake));

  return {
    async handle(stream, command, envelope) {
      const fault = faultOfCommandId(envelope.commandId);
      if (fault) return { outcome: "refused", reasons: [fault] };
      const fingerprint = fingerprintOf(command);
      const seed = { stream, commandId: envelope.commandId, fingerprint };
      const wish = { command, envelope, fingerprint };
      const decided = await withActor(actors, stream, (actor) => send(shell, actor, wish));
      return decided.outcome === "refused" ? decided : { ...decided, newId: newIdsFor(newIdOf, seed) };
    },
    state: (stream) => withActor(actors, stream, (actor) => read(shell, actor)),
    stateAt: createPastStates(shell),
    content: (stream, revision) => contents.one(stream, revision),
    async close() {
      stopListening();
      await Promise.all([...actors.entries()].map(([, actor]) => atRest(actor)));
    },
  };
}

async function atRest<State, C>(actor: StreamActor<State, C>): Promise<void> {
  await actor.working;
  await actor.savingSnapshot;
}

function withActor<State, C, Result>(
  actors: Actors<State, C>,
  stream: string,
  ask: (actor: StreamActor<State, C>) => Promise<Result>,
): Promise<Result> {
  const actor = actors.get(stream) ?? newActor<State, C>(stream);
  const answer = ask(actor);
  // Put in only now, when it is at work: an idle one could be forgotten at once.
  actors.set(stream, actor);
  const forgetIfUnused = (): void => {
    // Names that nobody uses must not push out the states of real streams.
    const isEmpty = actor.warm === null || actor.warm.revision === NO_STREAM;
    if (isEmpty && isIdle(actor) && actors.get(stream) === actor) actors.delete(stream);
  };
  if (actor.warm === null) void actor.working?.then(forgetIfUnused);
  return answer;
}

type Actors<State, C> = RecentlyUsed<string, StreamActor<State, C>>;

function markStale<State, C>(actors: Actors<State, C>, wake: Wake): void {
  // What this process appended it appended through these actors; where it did not, the append's conflict tells.
  if (wake.isLocal && wake.streams !== null) return;
  for (const [stream, actor] of actors.entries()) {
    if (wake.streams === null || wake.streams.includes(stream)) actor.isStale = true;
  }
}

function faultOfCommandId(commandId: string): Refusal | null {
  const bounds = { lengthMin: 1, lengthMax: COMMAND_ID_LENGTH_MAX };
  const message = checkText("The commandId", commandId, bounds);
  return message === null ? null : { code: "INVALID", message, path: ["commandId"] };
}
