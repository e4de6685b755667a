import { createDeliveries, type Deliveries, type DeliveriesOptions } from "./deliveries";
import { pruneDeliveries } from "./pruneDeliveries";
import { repeatEvery } from "../lib/repeatEvery";
import type { Lease } from "../postgres/lease";

const PRUNE_EVERY_MS = 3_600_000;

export type OpenDeliveriesOptions = DeliveriesOptions &
  Readonly<{
    /** How often what was counted is written down. */
    everyMs: number;
    /** How long counts are kept. */
    keptDays: number;
    /** Of the one server that deletes what is too old. */
    lease: Pick<Lease, "start" | "stop" | "isHeld">;
    now: () => Date;
  }>;

/** Counts what users get while the server runs, and deletes what is too old. */
export function openDeliveries(options: OpenDeliveriesOptions): Readonly<{
  deliveries: Deliveries;
  /** Writes down what is still to be written. */
  close: () => Promise<void>;
}> {
  const deliveries = createDeliveries(options);
  let isClosing = false;
  const flushing = repeatEvery(options.everyMs, deliveries.flush, options.report);
  const pruning = repeatEvery(PRUNE_EVERY_MS, () => pruneInTurn(options, () => isClosing), options.report);
  return {
    deliveries,
    async close() {
      isClosing = true;
      await Promise.all([flushing.stop(), pruning.stop()]);
      await deliveries.flush().catch(options.report);
    },
  };
}

/** Prunes unless another server does. */
async function pruneInTurn(
  { database, keptDays, lease, now }: OpenDeliveriesOptions,
  isClosing: () => boolean,
): Promise<void> {
  if (!(await lease.start())) return lease.stop();
  try {
    const goesOn = () => lease.isHeld() && !isClosing();
    await pruneDeliveries(database, { keptDays, nowMs: now().getTime(), goesOn });
  } finally {
    await lease.stop();
  }
}
