import type { AppendQueue } from "../appendQueue";
import type { EncodedAppend } from "../encodedAppend";

/** One queue for each stream that is appended to now: KurrentDB takes streams side by side, each in its order. */
export function createStreamQueues(createQueue: () => AppendQueue): Pick<AppendQueue, "append" | "close"> {
  const queues = new Map<string, { queue: AppendQueue; waiting: number }>();
  return {
    async append(append: EncodedAppend) {
      const { stream } = append;
      const entry = queues.get(stream) ?? { queue: createQueue(), waiting: 0 };
      queues.set(stream, entry);
      entry.waiting += 1;
      try {
        return await entry.queue.append(append);
      } finally {
        entry.waiting -= 1;
        // Not before it has come to rest: what is still under way there must not be overtaken.
        if (entry.waiting === 0) void retire(stream, entry);
      }
    },
    async close() {
      await Promise.all([...queues.values()].map(({ queue }) => queue.close()));
    },
  };

  async function retire(stream: string, entry: { queue: AppendQueue; waiting: number }): Promise<void> {
    await entry.queue.atRest();
    if (entry.waiting === 0 && queues.get(stream) === entry) queues.delete(stream);
  }
}
