import { createDeliveries, type Deliveries, type DeliveriesOptions } from "./deliveries";
import { repeatEvery } from "../lib/repeatEvery";

/** Counts what users get while the server runs. */
export function openDeliveries({
  everyMs,
  ...options
}: DeliveriesOptions & Readonly<{ everyMs: number }>): Readonly<{
  deliveries: Deliveries;
  /** Writes down what is still to be written. */
  close: () => Promise<void>;
}> {
  const deliveries = createDeliveries(options);
  const flushing = repeatEvery(everyMs, deliveries.flush, options.report);
  return {
    deliveries,
    async close() {
      await flushing.stop();
      await deliveries.flush().catch(options.report);
    },
  };
}
