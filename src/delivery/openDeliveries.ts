import { createDeliveries, type Deliveries, type DeliveriesOptions } from "./deliveries";
import { pruneDeliveries } from "./pruneDeliveries";
import { createReach } from "./reach";
import { repeatEvery } from "../lib/repeatEvery";
import type { Lease } from "../postgres/lease";

const PRUNE_EVERY_MS = 3_600_000;

/** Who is reached changes little from one write to the next, and takes more to write. */
const REACH_EVERY_WRITES = 12;

export type OpenDeliveriesOptions = Omit<DeliveriesOptions, "reach"> &
  Readonly<{
    /** How often what was counted is written down. */
    everyMs: number;
    /** How long counts are kept. */
    keptDays: number;
    /** Of the one server that deletes what is too old. */
    lease: Pick<Lease, "start" | "stop" | "isHeld">;
    now: () => Date;
    timeZoneOf: (app: string) => Promise<string>;
  }>;

/** Counts what users get while the server runs, and deletes what is too old. */
export function openDeliveries(options: OpenDeliveriesOptions): Readonly<{
  deliveries: Deliveries;
  /** Writes down what is still to be written. */
  close: () => Promise<void>;
}> {
  const deliveries = createDeliveries({ ...options, reach: createReach(options) });
  let isClosing = false;
  let writes = 0;
  const flush = () => deliveries.flush((writes += 1) % REACH_EVERY_WRITES === 0);
  const flushing = repeatEvery(options.everyMs, flush, options.report);
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
