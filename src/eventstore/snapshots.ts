import { deserialize, serialize } from "node:v8";
import type { AcceptedCommands } from "./acceptedCommands";
import type { EventMeta, EventStore, Position } from "./eventStore";
import type { Warm } from "./warmState";

/** A stream's state is kept beside the log each time that so many events were added to it. */
export const SNAPSHOT_EVERY_EVENTS = 500;

/** Keeps the last snapshot of each stream. Losing them costs time only. */
export interface SnapshotStore {
  load(stream: string): Promise<Snapshot | null>;
  /** Keeps the snapshot unless one of the same state version and of a later revision is there. */
  save(stream: string, snapshot: Snapshot): Promise<void>;
}

export type Snapshot = Readonly<{ revision: number; stateVersion: number; state: Uint8Array }>;

/** For tests, and where starting again costs little. */
export function memorySnapshots(): SnapshotStore {
  const snapshots = new Map<string, Snapshot>();
  return {
    load: async (stream) => snapshots.get(stream) ?? null,
    async save(stream, snapshot) {
      const kept = snapshots.get(stream);
      const isOlder = kept?.stateVersion === snapshot.stateVersion && kept.revision > snapshot.revision;
      if (!isOlder) snapshots.set(stream, snapshot);
    },
  };
}

/** Raise it when the shape of `Kept` changes. */
const FORMAT = 1;

type Kept = Readonly<{
  format: number;
  state: unknown;
  position: Position;
  meta: EventMeta;
  accepted: AcceptedCommands;
}>;

export function encodeSnapshot(warm: Warm<unknown>, stateVersion: number): Snapshot {
  const { state, position, meta, accepted, revision } = warm;
  return { revision, stateVersion, state: serialize({ format: FORMAT, state, position, meta, accepted }) };
}

/**
 * The state that a snapshot holds; null if there is none, if it was made by another version of the fold, or if it is not
 * of this log: after a restored backup the log may be shorter, or different, from where the snapshot was taken.
 */
export async function loadSnapshot<State>(
  snapshots: SnapshotStore,
  store: Pick<EventStore, "readStream">,
  stream: string,
  stateVersion: number,
): Promise<Warm<State> | null> {
  const snapshot = await snapshots.load(stream).catch(() => null);
  if (snapshot?.stateVersion !== stateVersion) return null;
  const kept = decode(snapshot.state);
  if (kept === null) return null;
  const [last] = await store.readStream(stream, snapshot.revision, 1);
  const isOfThisLog =
    last?.position === kept.position &&
    last.meta.commandId === kept.meta.commandId &&
    last.meta.recordedAt === kept.meta.recordedAt;
  if (!isOfThisLog) return null;
  const { state, position, meta, accepted } = kept;
  // The state version in the row says that this was made by the same fold, so it is a State.
  return { state: state as State, revision: snapshot.revision, position, meta, accepted };
}

function decode(state: Uint8Array): Kept | null {
  try {
    const kept = deserialize(state) as Kept;
    return kept.format === FORMAT ? kept : null;
  } catch {
    // Written by a newer Node, or damaged: the log has it all.
    return null;
  }
}
