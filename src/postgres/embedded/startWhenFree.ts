import { setTimeout } from "node:timers/promises";
import { StartupRefused } from "../../lib/startupRefused";
import { readPostmaster, releaseStaleLocks } from "./lockFile";
import { startPostmaster, StartFailed, type Postmaster, type PostmasterOptions } from "./postmaster";
import { SUPERVISED_STOP_MS } from "./supervise";

/** A server that was killed a moment ago has left a PostgreSQL behind that is just stopping. */
const LOCK_WAIT_MS = SUPERVISED_STOP_MS + 2_000;
/** One that goes on accepting connections has a server that is alive: its supervisor would have stopped it by now. */
const READY_WAIT_MS = 2_000;
const POLL_MS = 50;

/** Starts PostgreSQL as soon as no other one runs on its folder. @throws {StartupRefused} if that takes too long. */
export async function startWhenFree(options: PostmasterOptions): Promise<Postmaster> {
  const startedAtMs = performance.now();
  let readySinceMs: number | null = null;
  for (;;) {
    const running = await readPostmaster(options.cluster);
    if (!running) {
      const started = await tryToStart(options);
      if (started) return started;
    }
    const nowMs = performance.now();
    readySinceMs = running?.state === "ready" ? (readySinceMs ?? nowMs) : null;
    const isInUse = readySinceMs !== null && nowMs - readySinceMs > READY_WAIT_MS;
    if (isInUse || nowMs - startedAtMs > LOCK_WAIT_MS) throw inUse(options.cluster, running?.pid);
    await setTimeout(POLL_MS);
  }
}

/** Null if another PostgreSQL came first, or its remains are not gone yet. */
async function tryToStart(options: PostmasterOptions): Promise<Postmaster | null> {
  await releaseStaleLocks(options.cluster);
  try {
    return await startPostmaster(options);
  } catch (error) {
    if (!(error instanceof StartFailed)) throw error;
    if (error.lines.some((line) => LOCKED.test(line))) return null;
    throw new StartupRefused(`PostgreSQL does not start on ${options.cluster}: ${error.message}`, {
      cause: error,
    });
  }
}

const LOCKED =
  /lock file ".*" already exists|lock file ".*" is empty|pre-existing shared memory block|could not (bind|create any TCP)/;

function inUse(cluster: string, pid: number | undefined): StartupRefused {
  const who = pid === undefined ? "" : `; its PostgreSQL is process ${pid}`;
  return new StartupRefused(
    `Another server runs on this DATA_DIR (${cluster}${who}): stop it, or set DATA_DIR to another folder. ` +
      `Several servers can share a database that DATABASE_URL names.`,
  );
}
