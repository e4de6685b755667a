import type { OutgoingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Listeners } from "./listeners";
import { refusal } from "./context.graphql";
import type { StreamTokens } from "./streamToken";
import { rulesetOf } from "../delivery/rulesetOf.graphql";
import type { Ruleset } from "../evaluation/compile";
import type { Server } from "../graphql/context";
import type { ReportError } from "../graphql/formatError";
import { forPages, openToPages } from "../http/cors";
import type { Place } from "../audience/userKey";
import { publicError, sendErrors, sendThrown } from "../http/errorBody";

export const EVENTS_PATH = "/ofrep/v1/events";
/** How long a page that nobody sees keeps its stream. */
const INACTIVITY_SECONDS = 120;

type Parts = Readonly<{ server: Server; tokens: StreamTokens; listeners: Listeners; report: ReportError }>;

/** Tells clients of OFREP when to ask for their flags again, as server-sent events. */
export function serveOfrepEvents(fastify: FastifyInstance, parts: Parts): void {
  const { server, tokens, listeners, report } = parts;
  openToPages(fastify, "GET", [EVENTS_PATH]);
  fastify.get(EVENTS_PATH, { onRequest: forPages }, async (request, reply) => {
    const { token } = request.query as { token?: unknown };
    const read = typeof token === "string" ? tokens.read(token, server.now().getTime()) : null;
    if (read === null) return sendErrors(reply, 401, [ranOut], report);
    if (listeners.isFull()) return sendErrors(reply, 503, [tooMany], report);
    let ruleset: Ruleset;
    try {
      ({ ruleset } = await rulesetOf(server, read.place));
    } catch (error) {
      return sendThrown(reply, error, report);
    }
    return stream(request, reply, (lastId) =>
      listeners.add(reply.raw, read.place, ruleset, { lastId, endsAtMs: read.endsAtMs }),
    );
  });
}

function stream(
  request: FastifyRequest,
  reply: FastifyReply,
  begin: (lastId: string | null) => void,
): FastifyReply {
  reply.hijack();
  request.isStream = true;
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
  });
  const lastId = request.headers["last-event-id"];
  begin(typeof lastId === "string" && lastId !== "" ? lastId : null);
  return reply;
}

/** What an answer of all flags says of the stream, as JSON. */
export function eventStreamsText(tokens: StreamTokens, place: Place, nowMs: number): string {
  const requestUri = `${EVENTS_PATH}?token=${tokens.make(place, nowMs)}`;
  return JSON.stringify([{ type: "sse", endpoint: { requestUri }, inactivityDelaySec: INACTIVITY_SECONDS }]);
}

const ranOut = refusal(
  "UNAUTHENTICATED",
  "This address has run out, or is none of ours. Ask for all flags again, which brings a new one.",
);
const tooMany = publicError("LIMIT_EXCEEDED", "Too many event streams are open on this server.");
