import type { Folded } from "./commands";
import { NO_STREAM, StoreUnavailable, type RecordedEvent } from "./eventStore";
import { loadSnapshot, type SnapshotStore } from "./snapshots";
import { catchUp, coldState, foldedOf, type Folding } from "./warmState";
import { recentlyUsed } from "../lib/recentlyUsed";
import { createTurns } from "../lib/turns";

/** Past states kept, over all streams. */
export const PAST_STATES_MAX = 8;

/** Folding a long stream is work, and nobody's present may wait for the past. */
export const PAST_FOLDS_AT_ONCE_MAX = 2;
export const PAST_FOLDS_WAITING_MAX = 200;

/** What a past state is asked by: a revision, or an instant (ISO 8601). */
export type Moment = Readonly<{ revision: number }> | Readonly<{ time: string }>;

export type PastStates<State> = (stream: string, moment: Moment) => Promise<Folded<State> | null>;

type Past<State> = Readonly<{
  folded: Folded<State> | null;
  /** Whether the log goes on after the moment, so that nothing can come to stand before it any more. */
  isSettled: boolean;
}>;

/** States as they were. Each is folded apart from the warm one, from a snapshot if one is old enough. */
export function createPastStates<State>(
  folding: Folding<State> & Readonly<{ snapshots: SnapshotStore; stateVersion: number }>,
): PastStates<State> {
  const kept = recentlyUsed<string, Past<State>>(PAST_STATES_MAX);
  const underWay = new Map<string, Promise<Past<State>>>();
  const takeTurn = createTurns({
    atOnceMax: PAST_FOLDS_AT_ONCE_MAX,
    waitingMax: PAST_FOLDS_WAITING_MAX,
    tooMany: () =>
      new StoreUnavailable(`${PAST_FOLDS_WAITING_MAX} past states are asked for already; ask again later.`),
  });

  return async (stream, moment) => {
    const id = JSON.stringify([stream, moment]);
    const known = kept.get(id);
    if (known) return known.folded;
    // Those who ask for the same at once share one fold.
    let fold = underWay.get(id);
    if (!fold) {
      fold = takeTurn(() => foldUpTo(folding, stream, moment)).finally(() => underWay.delete(id));
      underWay.set(id, fold);
    }
    const past = await fold;
    if (past.isSettled) kept.set(id, past);
    return past.folded;
  };
}

async function foldUpTo<State>(
  folding: Folding<State> & Readonly<{ snapshots: SnapshotStore; stateVersion: number }>,
  stream: string,
  moment: Moment,
): Promise<Past<State>> {
  const { snapshots, store, stateVersion } = folding;
  const isIncluded = inclusionBy(moment);
  const snapshot = await loadSnapshot<State>(snapshots, store, stream, stateVersion);
  const isUsable =
    snapshot !== null &&
    snapshot.meta !== null &&
    isIncluded({ revision: snapshot.revision, recordedAt: snapshot.meta.recordedAt });
  const warm = isUsable ? snapshot : coldState(folding);
  let isSettled = false;
  await catchUp(folding, stream, warm, ({ revision, meta }: RecordedEvent) => {
    const isWanted = isIncluded({ revision, recordedAt: meta.recordedAt });
    isSettled ||= !isWanted;
    return isWanted;
  });
  if ("revision" in moment) isSettled = warm.revision === moment.revision;
  const hasExisted = warm.revision !== NO_STREAM && (!("revision" in moment) || isSettled);
  return { folded: hasExisted ? foldedOf(warm) : null, isSettled };
}

function inclusionBy(moment: Moment): (event: { revision: number; recordedAt: string }) => boolean {
  if ("revision" in moment) return ({ revision }) => revision <= moment.revision;
  const timeMs = Date.parse(moment.time);
  return ({ recordedAt }) => Date.parse(recordedAt) <= timeMs;
}
