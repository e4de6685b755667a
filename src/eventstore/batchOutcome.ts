import {
  commandIdReused,
  evolvePending,
  type Batch,
  type Deciding,
  type Plan,
  type StreamEnd,
  type Wish,
} from "./commandBatch";
import type { Append, AppendResult, EventMeta, EventStore, Position } from "./eventStore";
import type { Refusal } from "../lib/refusal";
import type { Warning } from "../lib/warning";

export type Decided =
  | Readonly<{ outcome: "accepted"; revision: number; position: Position; warnings: readonly Warning[] }>
  | Readonly<{ outcome: "refused"; reasons: readonly Refusal[] }>;

/** A wish with the one who waits for its answer. */
export type Asked<C> = Wish<C> &
  Readonly<{ resolve: (decided: Decided) => void; reject: (error: unknown) => void }>;

export type Planned<A> = { readonly wish: A; plan: Plan };

export type Settling<State, C> = Deciding<State, C> &
  Readonly<{
    store: EventStore;
    /** Told of what went wrong off the path of any caller. */
    report: (error: unknown) => void;
  }>;

/**
 * What a batch came to. `warm` is right; or right as far as it goes, which is not to the end of the log; or holds what never
 * came into the log, or is not known to have.
 */
export type Settled<A> = Readonly<{ lost: readonly A[]; warm: "right" | "behind" | "unknown" }>;

/**
 * Sends a batch's appends, all in one tick so that the store can commit them together, and answers those whose plan held.
 * Those who lost against another writer, and all who were decided on top of them, are to be decided anew.
 */
export async function settle<State, C, A extends Asked<C>>(
  settling: Settling<State, C>,
  batch: Batch<State>,
  planned: readonly Planned<A>[],
): Promise<Settled<A>> {
  const appends = planned.flatMap(({ plan }) => (plan.kind === "append" ? [plan.append] : []));
  const verdicts = await Promise.all(appends.map((append) => verdictOf(settling.store, append)));
  const isEvolvedByAll = batch.unevolved === null;

  const progress: Progress<A> = { end: batch.end, isBroken: false, appended: 0, lost: [] };
  for (const { wish, plan } of planned) {
    if (plan.kind === "append") applyVerdict(progress, wish, plan.warnings, verdicts.shift());
    else if (plan.kind === "failed") wish.reject(plan.error);
    else if (progress.isBroken) progress.lost.push(wish);
    else
      wish.resolve(
        plan.kind === "accepted"
          ? { outcome: "accepted", ...progress.end, warnings: plan.warnings }
          : answerOf(plan.reasons),
      );
  }
  const evolved = isEvolvedByAll ? appends.length : appends.length - 1;
  return { lost: progress.lost, warm: warmAfter(settling, batch, progress, evolved) };
}

type Progress<A> = {
  /** The stream's end by the last append that succeeded. */
  end: StreamEnd;
  isBroken: boolean;
  appended: number;
  readonly lost: A[];
};

/** What became of an append. A duplicate may be this very append, sent again by the store after a lost connection. */
type Verdict =
  | Readonly<{ kind: "appended"; revision: number; position: Position }>
  | Readonly<{ kind: "earlier"; decided: Decided }>
  | Readonly<{ kind: "lost" }>
  | Readonly<{ kind: "failed"; error: unknown }>;

async function verdictOf(store: EventStore, append: Append): Promise<Verdict> {
  try {
    const result = await store.append(append);
    if (result.outcome === "conflict") return { kind: "lost" };
    const { revision, position } = result;
    if (result.outcome === "appended") return { kind: "appended", revision, position };
    return await verdictOfDuplicate(store, append, result);
  } catch (error) {
    return { kind: "failed", error };
  }
}

async function verdictOfDuplicate(
  store: EventStore,
  append: Append,
  { revision, position }: Extract<AppendResult, { position: Position }>,
): Promise<Verdict> {
  const [earlier] = await store.readStream(append.stream, revision, 1);
  const isThis =
    revision === append.expectedRevision + append.events.length && isSameMeta(earlier?.meta, append.meta);
  if (isThis) return { kind: "appended", revision, position };
  const isSameWish = earlier?.meta.fingerprint === append.meta.fingerprint;
  const decided: Decided = isSameWish
    ? { outcome: "accepted", revision, position, warnings: [] }
    : answerOf([commandIdReused]);
  return { kind: "earlier", decided };
}

function isSameMeta(a: EventMeta | undefined, b: EventMeta): boolean {
  return (
    a?.commandId === b.commandId &&
    a.recordedAt === b.recordedAt &&
    a.fingerprint === b.fingerprint &&
    a.actor === b.actor
  );
}

function applyVerdict<A extends Asked<unknown>>(
  progress: Progress<A>,
  wish: A,
  warnings: readonly Warning[],
  verdict: Verdict | undefined,
): void {
  switch (verdict?.kind) {
    case "appended": {
      const { revision, position } = verdict;
      if (!progress.isBroken) {
        progress.end = { revision, position };
        progress.appended += 1;
      }
      wish.resolve({ outcome: "accepted", revision, position, warnings });
      return;
    }
    case "earlier":
      wish.resolve(verdict.decided);
      break;
    case "failed":
      wish.reject(verdict.error);
      break;
    case "lost":
    case undefined:
      progress.lost.push(wish);
  }
  progress.isBroken = true;
}

function warmAfter<State, C>(
  settling: Settling<State, C>,
  batch: Batch<State>,
  { end, isBroken, appended }: Progress<unknown>,
  evolved: number,
): Settled<never>["warm"] {
  if (isBroken) {
    if (evolved > appended) return "unknown";
    batch.unevolved = null;
    batch.warm.position = end.position;
    return "behind";
  }
  try {
    evolvePending(settling, batch);
    batch.warm.position = end.position;
    return "right";
  } catch (error) {
    // It is in the log, so its caller is told that it was accepted; whoever folds this stream will meet the fault.
    settling.report(error);
    return "unknown";
  }
}

function answerOf(reasons: readonly Refusal[]): Decided {
  return { outcome: "refused", reasons };
}
