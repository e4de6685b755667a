import type { FastifyReply, FastifyRequest } from "fastify";
import type { FormattedExecutionResult } from "graphql";
import { publicError } from "./errorBody";
import { STREAMS_MAX } from "./limits";
import type { Visits } from "../access/visits";
import { formatError, type ReportError } from "../graphql/formatError";
import { isResultStream, type ResultStream } from "../graphql/run";

/** Comments keep proxies and browsers from giving up on a stream where nothing happens. */
export const STREAM_PING_MS = 12_000;
/** A consumer that takes nothing for so long is gone. */
export const STREAM_STALLED_MS_MAX = 60_000;

/** Results as server-sent events. */
export type EventStreams = Readonly<{
  /** Whether no more may be open at once. */
  isFull: () => boolean;
  /** Sends until the results, the consumer or its token end; pulls the next result when the last one is on its way. */
  send: (
    request: FastifyRequest,
    reply: FastifyReply,
    results: StreamedResults,
    format: EventFormat,
  ) => Promise<FastifyReply>;
  endAll: () => void;
}>;

export type StreamedResults = FormattedExecutionResult | ResultStream;
/** How a result is written, and what is written behind the last one. */
export type EventFormat = Readonly<{ write: (result: FormattedExecutionResult) => string; end: string }>;

/** That of the graphql-sse protocol's distinct connections. */
export const GRAPHQL_EVENTS: EventFormat = {
  write: (result) => `event: next\ndata: ${JSON.stringify(result)}\n\n`,
  end: "event: complete\ndata: \n\n",
};

export function createEventStreams(visits: Pick<Visits, "enter">, report: ReportError): EventStreams {
  const open = new Set<() => void>();
  return {
    isFull: () => open.size >= STREAMS_MAX,
    async send(request, reply, results, { write: text, end: farewell }) {
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, HEADERS);
      let last: FormattedExecutionResult | null = null;
      const end = (): void => void (isResultStream(results) && results.return());
      open.add(end);
      const leave = visits.enter(request.headers.authorization, () => {
        last = { errors: [formatError(ended, report)] };
        end();
      });
      raw.once("close", end);
      // Who went while the first result was made is told of no more.
      if (raw.destroyed) end();
      // Some browsers take the answer's head for real only with its first byte.
      raw.write(PING);
      const pings = setInterval(() => raw.writableNeedDrain || raw.write(PING), STREAM_PING_MS);
      try {
        if (!isResultStream(results)) await write(raw, text(results));
        else for await (const result of results) await write(raw, text(result));
        if (last) await write(raw, text(last));
      } finally {
        leave();
        clearInterval(pings);
        open.delete(end);
        raw.end(farewell);
      }
      return reply;
    },
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

const ended = publicError("UNAUTHENTICATED", "The token that opened this stream has ended.");
export const tooManyStreams = publicError(
  "LIMIT_EXCEEDED",
  `At most ${STREAMS_MAX} event streams may be open at once.`,
);

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
