import {
  ConsumerBusy,
  ConsumerUnknown,
  CursorUnknown,
  LeaseLost,
  type ChangeFilter,
  type ChangeBatch,
} from "./changeFeed";
import type { ConsumerIdentity } from "./changeFeed";
import { CONSUMER_LEASE_MS, releasePartition, renewPartition, takePartition } from "./consumers.queries";
import { followChanges, type FollowParts } from "./followChanges";
import { writeLease } from "./lease";

/**
 * Takes a partition of a consumer that nobody works on, and follows from where it was acknowledged for as long as the lease
 * can be kept. What is sent here after that is never acknowledged: an acknowledgement is held to the lease.
 */
export async function* followAsConsumer(
  parts: FollowParts,
  { app, name, holder }: ConsumerIdentity,
  filter: ChangeFilter,
  signal: AbortSignal,
): AsyncGenerator<ChangeBatch, void, undefined> {
  const taken = await takePartition(parts.database, { app, name, holder });
  if (taken === "UNKNOWN") throw new ConsumerUnknown(name);
  if (taken === "OF_OTHER_LOG") throw new CursorUnknown(ofOtherLog(name));
  if (taken === "ALL_HELD") throw new ConsumerBusy(name);
  const held = { app, name, partition: taken.partition, fence: taken.fence };
  const keeping = keepLease(parts, () => renewPartition(parts.database, held));
  const lease = writeLease(taken);
  const partition = { number: taken.partition, of: taken.partitions };
  const followed = {
    ...{ app, startsNow: true, filter: { ...filter, partition } },
    signal: AbortSignal.any([signal, keeping.lost]),
  };
  try {
    for await (const { items } of followChanges(parts, followed, () => Promise.resolve(taken.revision))) {
      await keeping.check();
      yield { items: items.map((item) => ({ ...item, lease })), isShared: false };
    }
    if (keeping.lost.aborted) throw new LeaseLost(name);
  } catch (error) {
    throw keeping.lost.aborted ? new LeaseLost(name) : error;
  } finally {
    keeping.stop();
    // If the database is away, it runs out by itself.
    await releasePartition(parts.database, held).catch(() => undefined);
  }
}

const ofOtherLog = (name: string): string =>
  `A backup was restored, and what "${name}" has acknowledged was of another log. Resync: read the query \`snapshot\` and acknowledge its cursor without a lease, or reset the consumer.`;

/** Renews in time, and aborts `lost` as soon as the lease is somebody else's. */
function keepLease({ nowMs }: Pick<FollowParts, "nowMs">, renew: () => Promise<boolean>) {
  const lost = new AbortController();
  // Counted from before the question, so that it ends here no later than there.
  let untilMs = nowMs() + CONSUMER_LEASE_MS;

  async function attempt(): Promise<void> {
    const askedMs = nowMs();
    if (!(await renew())) lost.abort();
    untilMs = askedMs + CONSUMER_LEASE_MS;
  }
  // While the database is away the lease runs out, and whoever wants to go on asks again.
  const timer = setInterval(() => void attempt().catch(() => undefined), CONSUMER_LEASE_MS / 3);
  return {
    lost: lost.signal,
    /** @throws if it is lost, or the database cannot say. A process that was paused finds here that it is late. */
    async check(): Promise<void> {
      if (nowMs() >= untilMs) await attempt();
      lost.signal.throwIfAborted();
    },
    stop: () => clearInterval(timer),
  };
}
