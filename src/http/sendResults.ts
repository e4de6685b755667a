import type { Outlet } from "./outlet";
import { slowConsumer } from "./stalls";
import type { Delivery, ResultStream } from "../graphql/run";

/** One by one, since not all may have room. */
function* messagesOf(start: string, deliveries: readonly Delivery[]): Iterable<string> {
  for (const { text } of deliveries) yield `${start}${text}}`;
}

type Receiver = Readonly<{ id: string; outlet: Outlet }>;

/**
 * The results of a subscription as messages of graphql-transport-ws, sent here, a batch in one write, and pulled as there is room. To
 * graphql-ws it is a stream of nothing, which it pulls until its end and ends when its consumer goes.
 */
export function sendResults(
  results: ResultStream,
  { id, outlet }: Receiver,
): AsyncIterableIterator<never, void> {
  const start = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  let isOver = false;
  let cursor: string | null = null;
  const lastWords = () => ({
    message: JSON.stringify({ id, type: "error", payload: [slowConsumer(cursor)] }),
    cursor,
  });

  async function send(deliveries: readonly Delivery[]): Promise<void> {
    for (let rest = deliveries; rest.length > 0 && !isOver;) {
      if (!(await outlet.room(lastWords))) return;
      if (isOver) return;
      const sent = outlet.send(messagesOf(start, rest));
      cursor = rest[sent - 1]?.cursor ?? cursor;
      rest = rest.slice(sent);
    }
  }

  return {
    async next() {
      for await (const deliveries of results) await send(deliveries);
      return { done: true, value: undefined };
    },
    async return() {
      isOver = true;
      await results.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
