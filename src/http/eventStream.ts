import type { FastifyReply } from "fastify";
import type { FormattedExecutionResult } from "graphql";
import { isResultStream, type ResultStream } from "../graphql/run";

/** Comments keep proxies and browsers from giving up on a stream where nothing happens. */
export const STREAM_PING_MS = 12_000;
/** A consumer that takes nothing for so long is gone. */
export const STREAM_STALLED_MS_MAX = 60_000;

/** Server-sent events in the form of the graphql-sse protocol's distinct connections: `next` …, `complete`. */
export type EventStreams = Readonly<{
  /**
   * Sends until the results, the consumer or the visit end; pulls the next result when the last one is on its way.
   * `enter` is told how to end the visit, and says how to take leave.
   */
  send: (reply: FastifyReply, results: StreamedResults, enter: Enter) => Promise<void>;
  count: () => number;
  endAll: () => void;
}>;

export type StreamedResults = FormattedExecutionResult | ResultStream;
export type Enter = (end: (last: FormattedExecutionResult) => void) => () => void;

export function createEventStreams(): EventStreams {
  const open = new Set<() => void>();
  return {
    async send(reply, results, enter) {
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, HEADERS);
      let last: FormattedExecutionResult | null = null;
      const end = (): void => void (isResultStream(results) && results.return());
      open.add(end);
      const leave = enter((result) => {
        last = result;
        end();
      });
      raw.once("close", end);
      // Some browsers take the answer's head for real only with its first byte.
      raw.write(PING);
      const pings = setInterval(() => raw.writableNeedDrain || raw.write(PING), STREAM_PING_MS);
      try {
        if (!isResultStream(results)) await write(raw, next(results));
        else for await (const result of results) await write(raw, next(result));
        if (last) await write(raw, next(last));
      } finally {
        leave();
        clearInterval(pings);
        open.delete(end);
        raw.end("event: complete\ndata: \n\n");
      }
    },
    count: () => open.size,
    endAll() {
      for (const end of open) end();
    },
  };
}

const PING = ":\n\n";
const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  "x-accel-buffering": "no",
};

const next = (result: FormattedExecutionResult): string => `event: next\ndata: ${JSON.stringify(result)}\n\n`;

async function write(raw: FastifyReply["raw"], text: string): Promise<void> {
  if (raw.destroyed || raw.write(text)) return;
  await new Promise<void>((resolve) => {
    const stalled = setTimeout(() => raw.destroy(), STREAM_STALLED_MS_MAX);
    const go = (): void => {
      clearTimeout(stalled);
      raw.off("drain", go);
      raw.off("close", go);
      resolve();
    };
    raw.on("drain", go);
    raw.on("close", go);
  });
}
