import type { FastifyReply, FastifyRequest } from "fastify";
import type { FormattedExecutionResult } from "graphql";
import { publicError } from "./errorBody";
import { STREAMS_MAX } from "./limits";
import { WAITING_BYTES_MAX } from "./outlet";
import { slowConsumer, type Stalls } from "./stalls";
import type { Visits } from "../access/visits";
import { formatError, type ReportError } from "../graphql/formatError";
import { deliveryOf, isResultStream, type Delivery, type ResultStream } from "../graphql/run";

/** Comments keep proxies and browsers from giving up on a stream where nothing happens. */
export const STREAM_PING_MS = 12_000;
/** How long the last words wait for a consumer that has taken nothing for too long. */
const LAST_WORDS_MS_MAX = 30_000;

/** Results as server-sent events. */
export type EventStreams = Readonly<{
  /** Whether no more may be open at once. */
  isFull: () => boolean;
  /** How many are open. */
  count: () => number;
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
export type EventFormat = Readonly<{ write: (result: Delivery) => string; end: string }>;

/** That of the graphql-sse protocol's distinct connections. */
export const GRAPHQL_EVENTS: EventFormat = {
  write: ({ text }) => `event: next\ndata: ${text}\n\n`,
  end: "event: complete\ndata: \n\n",
};

export function createEventStreams(
  visits: Pick<Visits, "enter">,
  report: ReportError,
  stalls: Stalls,
): EventStreams {
  const open = new Set<() => void>();
  return {
    isFull: () => open.size >= STREAMS_MAX,
    count: () => open.size,
    async send(request, reply, results, format) {
      reply.hijack();
      request.isStream = true;
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
        await writeAll(raw, results, format, stalls);
        if (last && !raw.writableEnded) raw.write(format.write(deliveryOf(last, null)));
      } finally {
        leave();
        clearInterval(pings);
        open.delete(end);
        if (!raw.writableEnded) raw.end(format.end);
      }
      return reply;
    },
    endAll() {
      for (const end of open) end();
    },
  };
}

/** Writes results as they come, and pulls the next ones when there is room for them. */
async function writeAll(
  raw: FastifyReply["raw"],
  results: StreamedResults,
  format: EventFormat,
  stalls: Stalls,
): Promise<void> {
  if (!isResultStream(results)) return void raw.write(format.write(deliveryOf(results, null)));
  let cursor: string | null = null;
  for await (const deliveries of results) {
    let text = "";
    for (const delivery of deliveries) {
      text += format.write(delivery);
      cursor = delivery.cursor ?? cursor;
      if (text.length < WAITING_BYTES_MAX && delivery !== deliveries.at(-1)) continue;
      const isFull = !raw.destroyed && !raw.write(text);
      text = "";
      if (isFull && !(await drained(raw, stalls))) return endStalled(raw, format, cursor);
      if (raw.destroyed) return;
    }
  }
}

/** Says what became of it behind all that was not taken yet, and waits a while for that to be taken. */
function endStalled(raw: FastifyReply["raw"], format: EventFormat, cursor: string | null): void {
  raw.end(format.write(deliveryOf({ errors: [slowConsumer(cursor)] }, null)) + format.end);
  const cutOff = setTimeout(() => raw.destroy(), LAST_WORDS_MS_MAX);
  raw.once("close", () => clearTimeout(cutOff));
}

/** Resolves when everything was taken or nobody is there any more; false if nothing was taken for too long. */
function drained(raw: FastifyReply["raw"], stalls: Stalls): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isTaken: boolean): void => {
      over();
      raw.off("drain", taken);
      raw.off("close", taken);
      resolve(isTaken);
    };
    const taken = (): void => settle(true);
    const over = stalls.waiting(() => settle(false));
    raw.on("drain", taken);
    raw.on("close", taken);
  });
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
