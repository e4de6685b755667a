import { setImmediate, setTimeout } from "node:timers/promises";
import { settle, type Asked, type Decided, type Planned, type Settling } from "./batchOutcome";
import { evolvePending, newBatch, planWish, type Batch, type Plan, type Wish } from "./commandBatch";
import type { Folded } from "./commands";
import { afterWin, batchSize, noContention, noteRival, type Contention } from "./contention";
import { NO_STREAM, StoreUnavailable, type EventStore } from "./eventStore";
import { encodeSnapshot, loadSnapshot, SNAPSHOT_EVERY_EVENTS, type SnapshotStore } from "./snapshots";
import { catchUp, coldState, foldedOf, type Warm } from "./warmState";
import { within } from "./within";
import type { Command } from "../lib/decider";

/** Commands of one stream that may wait; more are answered with StoreUnavailable at once. */
export const WAITING_COMMANDS_MAX = 2_000;
/** Commands decided one after another before their appends are sent. */
export const BATCH_COMMANDS_MAX = 100;
/** How often a command is decided, at least, and how long it is tried, before we give up against other writers. */
export const ATTEMPTS_MIN = 50;
export const CONTENDED_FOR_MS = 10_000;
const QUICK_ATTEMPTS_MAX = 5;
const RETRY_JITTER_MS = 5;

/** One stream in this process: its warm state, and the commands and readers that wait for their turn. */
export type StreamActor<State, C> = {
  readonly stream: string;
  warm: Warm<State> | null;
  /** Somebody else may have appended since the state was read. */
  isStale: boolean;
  readonly commands: Waiting<C>[];
  readonly readers: Reader<State>[];
  /** While it works; resolves when it has nothing more to do. Never rejects. */
  working: Promise<void> | null;
  readonly contention: Contention;
  snapshotRevision: number;
  savingSnapshot: Promise<void> | null;
};

/** What the actors of all streams share. */
export type ActorShell<State, C> = Settling<State, C> &
  Readonly<{
    store: EventStore;
    snapshots: SnapshotStore;
    stateVersion: number;
    /** Told of what went wrong off the path of any caller. */
    report: (error: unknown) => void;
    timeoutMs: number;
    contendedForMs: number;
  }>;

type Reader<State> = Readonly<{ resolve: (folded: Folded<State>) => void; reject: (error: unknown) => void }>;
type Waiting<C> = Asked<C> & { attempts: number; readonly askedAtMs: number };

export function newActor<State, C>(stream: string): StreamActor<State, C> {
  return {
    stream,
    warm: null,
    isStale: false,
    commands: [],
    readers: [],
    working: null,
    contention: noContention(),
    snapshotRevision: NO_STREAM,
    savingSnapshot: null,
  };
}

export function isIdle<State, C>({ working, savingSnapshot }: StreamActor<State, C>): boolean {
  return working === null && savingSnapshot === null;
}

/** Decides and appends when the command's turn has come. */
export function send<State, C extends Command<string, unknown>>(
  shell: ActorShell<State, C>,
  actor: StreamActor<State, C>,
  wish: Wish<C>,
): Promise<Decided> {
  if (actor.commands.length >= WAITING_COMMANDS_MAX) {
    return Promise.reject(
      new StoreUnavailable(
        `${WAITING_COMMANDS_MAX} commands wait for this app already; send it again in a moment, with the same commandId.`,
      ),
    );
  }
  return new Promise((resolve, reject) => {
    actor.commands.push({ ...wish, resolve, reject, attempts: 0, askedAtMs: performance.now() });
    work(shell, actor);
  });
}

/** The state with everything that was in the log when this was asked. Those who ask at once share one read. */
export function read<State, C extends Command<string, unknown>>(
  shell: ActorShell<State, C>,
  actor: StreamActor<State, C>,
): Promise<Folded<State>> {
  return new Promise((resolve, reject) => {
    actor.readers.push({ resolve, reject });
    work(shell, actor);
  });
}

function work<State, C extends Command<string, unknown>>(
  shell: ActorShell<State, C>,
  actor: StreamActor<State, C>,
): void {
  actor.working ??= takeTurns(shell, actor);
}

async function takeTurns<State, C extends Command<string, unknown>>(
  shell: ActorShell<State, C>,
  actor: StreamActor<State, C>,
): Promise<void> {
  while (actor.readers.length > 0 || actor.commands.length > 0) await takeTurn(shell, actor);
  // In the same breath as the check: whoever comes from now on starts the work again.
  actor.working = null;
}

/** One turn, which answers all who wait, or as many as one batch takes. Never rejects. */
async function takeTurn<State, C extends Command<string, unknown>>(
  shell: ActorShell<State, C>,
  actor: StreamActor<State, C>,
): Promise<void> {
  const readers = actor.readers.splice(0);
  const batch = actor.commands.splice(0, batchSize(actor.contention, BATCH_COMMANDS_MAX));
  try {
    const { warm, isFresh } = await prepare(shell, actor, readers.length > 0);
    for (const reader of readers) reader.resolve(foldedOf(warm));
    // Readers look at the state at once, before the next command changes it.
    if (readers.length > 0) await setImmediate();
    if (batch.length > 0) {
      await decideAndAppend(shell, actor, newBatch(actor.stream, warm, isFresh), batch);
    }
    keepSnapshot(shell, actor);
  } catch (error) {
    // Whoever waits behind would wait for the same: they are told at once, and may come again.
    actor.warm = null;
    const rejected = [...readers, ...batch, ...actor.readers.splice(0), ...actor.commands.splice(0)];
    for (const { reject } of rejected) reject(error);
  }
}

/** The warm state, loaded or caught up if it has to be. */
async function prepare<State, C extends Command<string, unknown>>(
  shell: ActorShell<State, C>,
  actor: StreamActor<State, C>,
  mustBeFresh: boolean,
): Promise<{ warm: Warm<State>; isFresh: boolean }> {
  if (actor.warm !== null && !mustBeFresh && !actor.isStale) return { warm: actor.warm, isFresh: false };
  // Before the read: who appends during it marks the state as stale again.
  actor.isStale = false;
  const warm = await within(loadOrCatchUp(shell, actor), shell.timeoutMs);
  actor.warm = warm;
  return { warm, isFresh: true };
}

async function loadOrCatchUp<State, C extends Command<string, unknown>>(
  shell: ActorShell<State, C>,
  actor: StreamActor<State, C>,
): Promise<Warm<State>> {
  const { snapshots, store, stateVersion } = shell;
  let warm = actor.warm;
  if (warm === null) {
    warm = await loadSnapshot<State>(snapshots, store, actor.stream, stateVersion);
    actor.snapshotRevision = warm?.revision ?? NO_STREAM;
  }
  const hasOthers = await catchUp(shell, actor.stream, (warm ??= coldState(shell)));
  if (hasOthers && actor.warm !== null) noteRival(actor.contention);
  return warm;
}

/** Decides each on top of those before it, sends the appends all at once, and answers everybody. */
async function decideAndAppend<State, C extends Command<string, unknown>>(
  shell: ActorShell<State, C>,
  actor: StreamActor<State, C>,
  batch: Batch<State>,
  waiting: readonly Waiting<C>[],
): Promise<void> {
  const planned: Planned<Waiting<C>>[] = [];
  for (const [index, wish] of waiting.entries()) {
    const fault = faultOfEvolving(shell, batch);
    if (fault !== null) {
      // What the fold cannot take must not come into the log. Those behind are decided anew without it.
      const last = planned.at(-1);
      if (last) last.plan = { kind: "failed", error: fault };
      actor.warm = null;
      actor.commands.unshift(...waiting.slice(index));
      break;
    }
    const plan = await planWish(shell, batch, wish).catch((error: unknown): Plan => ({
      kind: "failed",
      error,
    }));
    planned.push({ wish, plan });
  }
  const startedAt = performance.now();
  const settled = await within(settle(shell, batch, planned), shell.timeoutMs);
  if (settled.warm === "unknown") actor.warm = null;
  if (settled.warm === "behind") actor.isStale = true;
  if (settled.lost.length > 0) await retry(shell, actor, settled.lost);
  else await afterWin(actor.contention, performance.now() - startedAt);
}

function faultOfEvolving<State>(
  shell: ActorShell<State, never>,
  batch: Batch<State>,
): { cause: unknown } | null {
  try {
    evolvePending(shell, batch);
    return null;
  } catch (error) {
    return { cause: error };
  }
}

/** Puts those who lost against another writer in front of the queue; after a few times, not before a moment has passed. */
async function retry<State, C extends Command<string, unknown>>(
  { contendedForMs }: ActorShell<State, C>,
  actor: StreamActor<State, C>,
  lost: readonly Waiting<C>[],
): Promise<void> {
  noteRival(actor.contention);
  for (const wish of lost) wish.attempts += 1;
  const isHopeless = ({ attempts, askedAtMs }: Waiting<C>): boolean =>
    attempts >= ATTEMPTS_MIN && performance.now() - askedAtMs >= contendedForMs;
  for (const wish of lost.filter(isHopeless)) {
    wish.reject(
      new StoreUnavailable(`Other writers came first ${wish.attempts} times; send the command again.`),
    );
  }
  actor.commands.unshift(...lost.filter((wish) => !isHopeless(wish)));
  const attempts = Math.max(...lost.map((wish) => wish.attempts));
  if (attempts > QUICK_ATTEMPTS_MAX) await setTimeout(Math.random() * RETRY_JITTER_MS);
}

/** Writes a snapshot if enough was added, one at a time, while the next commands are decided. */
function keepSnapshot<State, C>(shell: ActorShell<State, C>, actor: StreamActor<State, C>): void {
  const { warm, stream } = actor;
  if (warm === null || warm.meta === null || actor.savingSnapshot !== null) return;
  if (warm.revision - Math.max(actor.snapshotRevision, 0) < SNAPSHOT_EVERY_EVENTS) return;
  actor.snapshotRevision = warm.revision;
  actor.savingSnapshot = shell.snapshots
    .save(stream, encodeSnapshot(warm, shell.stateVersion))
    .catch(shell.report)
    .finally(() => (actor.savingSnapshot = null));
}
