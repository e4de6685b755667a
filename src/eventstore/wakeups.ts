import type { Wake } from "./eventStore";

type Listener = (wake: Wake) => void;

export interface Wakeups {
  add(listener: Listener): () => void;
  wake(wake: Wake): void;
}

/** Tells all listeners, each in a microtask of its own: none can delay or break what woke them, or each other. */
export function createWakeups(): Wakeups {
  // Wrapped, so that a listener added twice is called twice and stops twice.
  const subscriptions = new Set<{ listener: Listener }>();
  return {
    add(listener) {
      const subscription = { listener };
      subscriptions.add(subscription);
      return () => void subscriptions.delete(subscription);
    },
    wake(wake) {
      for (const subscription of subscriptions) {
        queueMicrotask(() => {
          if (subscriptions.has(subscription)) subscription.listener(wake);
        });
      }
    },
  };
}
