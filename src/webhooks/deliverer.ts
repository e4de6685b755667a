import { deliverOne, type DeliveryParts } from "./deliverOne";
import { findDue, type DueWebhook } from "./delivery.queries";
import type { Logger } from "../lib/logger";
import { createWakeUp } from "../lib/wakeUp";
import type { Lease } from "../postgres/lease";

/** How often it looks for what is to be sent; it looks sooner when read models came further. */
export const DELIVERER_POLL_MS = 1_000;
/** Webhooks that are sent to at the same time. */
export const DELIVERIES_AT_ONCE_MAX = 500;
/** How long what is under way may take when the server stops, before it is cut off. */
const STOP_MS_MAX = 2_000;

/** Sends to webhooks while this server holds the lease. */
export interface Deliverer {
  start(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

export type DelivererOptions = Readonly<{
  parts: Omit<DeliveryParts, "token">;
  lease: Pick<Lease, "start" | "stop" | "token" | "onChanged">;
  /** Calls its listener when read models came further. Returns how to stop. */
  onProjected: (listener: () => void) => () => void;
  logger: Logger;
  pollMs?: number;
}>;

/** Each webhook is sent to by a run of its own, so a slow one delays no other. */
export function createDeliverer(options: DelivererOptions): Deliverer {
  let delivering: Delivering | null = null;
  return {
    async start() {
      if (delivering) return;
      await options.lease.start();
      delivering = startDelivering(options);
    },
    async stop() {
      if (!delivering) return;
      await delivering.stop();
      delivering = null;
      await options.lease.stop();
    },
  };
}

type Delivering = Readonly<{ stop: () => Promise<void> }>;

function startDelivering({ parts, lease, onProjected, logger, pollMs }: DelivererOptions): Delivering {
  const wakeUp = createWakeUp();
  const runs = new Map<string, Promise<void>>();
  let isStopped = false;
  const delivery: DeliveryParts = { ...parts, token: () => (isStopped ? null : lease.token()) };

  async function run(webhook: DueWebhook): Promise<void> {
    try {
      await deliverOne(delivery, webhook);
      // More may have come while it was found to have no more.
      wakeUp.wake();
    } catch (error) {
      logger.warn(`Webhook "${webhook.id}" could not be sent to; trying again: ${String(error)}`);
    }
    runs.delete(webhook.id);
  }

  async function look(): Promise<void> {
    const limit = DELIVERIES_AT_ONCE_MAX - runs.size;
    if (limit <= 0 || delivery.token() === null) return;
    const at = parts.now().toISOString();
    const due = await findDue(parts.database, { at, busy: [...runs.keys()], limit });
    for (const webhook of due) runs.set(webhook.id, run(webhook));
  }

  async function keepLooking(): Promise<void> {
    while (!isStopped) {
      await look().catch((error: unknown) =>
        logger.warn(`Webhooks could not be looked up: ${String(error)}`),
      );
      if (!isStopped) await wakeUp.wait(pollMs ?? DELIVERER_POLL_MS);
    }
  }

  const stopListening = [onProjected(wakeUp.wake), lease.onChanged(wakeUp.wake)];
  const over = keepLooking();
  return {
    async stop() {
      isStopped = true;
      wakeUp.wake();
      for (const stop of stopListening) stop();
      await over;
      await cutOffAfterAWhile(Promise.all(runs.values()), () => parts.sender.close());
    },
  };
}

/** What is under way may come to its end, but not for long. */
async function cutOffAfterAWhile(underWay: Promise<unknown>, cutOff: () => void): Promise<void> {
  const timer = setTimeout(cutOff, STOP_MS_MAX);
  await underWay;
  clearTimeout(timer);
  cutOff();
}
