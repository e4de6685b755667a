import type { Logger } from "../lib/logger";
import { createWakeUp } from "../lib/wakeUp";
import { DatabaseUnavailable, type Database } from "./database";

/** Long enough for a busy server to renew in time, short enough that another one takes over within seconds. */
export const LEASE_DURATION_MS = 2_000;

/**
 * The right to do what only one server at a time should do. It saves work and is not the guard: a server may pause
 * between asking `isHeld` and acting, so what must not happen twice needs a fence of its own (a compare-and-set, or the
 * token, which is greater for every new owner).
 */
export interface Lease {
  /** Tries to take the lease, and goes on trying or renewing. Resolves after the first try: whether it is held. */
  start(): Promise<boolean>;
  /** Gives it up, so that another server can have it at once. May be started again. */
  stop(): Promise<void>;
  /** Whether it is held, by this server's own clock. Costs nothing. */
  isHeld(): boolean;
  /** Greater than all tokens of earlier owners; null while it is not held. */
  token(): number | null;
  /** Called when the lease was taken, and when it was found lost. Returns how to stop. */
  onChanged(listener: (isHeld: boolean) => void): () => void;
}

export type LeaseOptions = Readonly<{
  database: Database;
  logger: Logger;
  name: string;
  /** Unique for each holder, also within one process. */
  owner: string;
  durationMs?: number;
  /** Monotonic. */
  nowMs?: () => number;
}>;

export function createLease(options: LeaseOptions): Lease {
  const { durationMs = LEASE_DURATION_MS, nowMs = () => performance.now() } = options;
  const listeners = new Set<(isHeld: boolean) => void>();
  let held: { token: number; untilMs: number } | null = null;
  let wasHeld = false;
  let stopTrying: (() => Promise<void>) | null = null;

  const isHeld = (): boolean => held !== null && nowMs() < held.untilMs;

  function set(next: typeof held): void {
    held = next;
    const isHeldNow = isHeld();
    if (isHeldNow === wasHeld) return;
    wasHeld = isHeldNow;
    for (const listener of listeners) listener(isHeldNow);
  }

  async function attempt(): Promise<void> {
    // Counted from before the question, so that it ends here no later than there.
    const untilMs = nowMs() + durationMs;
    try {
      const token = await take(options, durationMs);
      set(token === null ? null : { token, untilMs });
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      options.logger.debug(`The lease "${options.name}" could not be renewed: ${error.message}`);
      set(held);
    }
  }

  return {
    isHeld,
    token: () => (held !== null && isHeld() ? held.token : null),
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async start() {
      if (stopTrying) return isHeld();
      const first = attempt();
      stopTrying = repeat(first, durationMs / 3, attempt, options);
      await first;
      return isHeld();
    },
    async stop() {
      await stopTrying?.();
      stopTrying = null;
      if (held !== null) await release(options);
      set(null);
    },
  };
}

/** Repeats until the returned function is called; that resolves when the last attempt is over. */
function repeat(
  first: Promise<void>,
  everyMs: number,
  attempt: () => Promise<void>,
  { logger, name }: LeaseOptions,
): () => Promise<void> {
  const wakeUp = createWakeUp();
  let isStopped = false;
  const run = async (): Promise<void> => {
    await first;
    while (!isStopped) {
      await wakeUp.wait(everyMs);
      if (isStopped) return;
      await attempt().catch((error: unknown) => {
        logger.warn(`The lease "${name}" cannot be renewed: ${String(error)}`);
      });
    }
  };
  // Whoever started it hears of the first attempt's failure.
  const over = run().catch(() => undefined);
  return () => {
    isStopped = true;
    wakeUp.wake();
    return over;
  };
}

const TAKE = `
  insert into server.leases as lease (name, owner, token, expires_at)
  values ($1, $2, 1, clock_timestamp() + $3 * interval '1 millisecond')
  on conflict (name) do update
     set owner = excluded.owner,
         expires_at = excluded.expires_at,
         token = lease.token + case when lease.owner = excluded.owner then 0 else 1 end
   where lease.owner = excluded.owner or lease.expires_at <= clock_timestamp()
  returning token`;

async function take({ database, name, owner }: LeaseOptions, durationMs: number): Promise<number | null> {
  const [row] = await database.query<{ token: number }>(TAKE, [name, owner, durationMs], "take lease");
  return row?.token ?? null;
}

/** If this fails, the lease runs out by itself. */
async function release({ database, name, owner, logger }: LeaseOptions): Promise<void> {
  try {
    await database.query(
      "update server.leases set expires_at = clock_timestamp() where name = $1 and owner = $2",
      [name, owner],
    );
  } catch (error) {
    logger.debug(`The lease "${name}" was not given up, and will run out: ${String(error)}`);
  }
}
