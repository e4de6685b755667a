import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AnswerAtOnce } from "./answerAtOnce";
import { publicError, sendErrors } from "./errorBody";
import type { EventStreams } from "./eventStream";
import { STREAMS_MAX } from "./limits";
import { REQUEST_ID_HEADER } from "./requestId";
import type { Authenticate } from "../access/authenticate";
import type { Visits } from "../access/visits";
import { admit, isSubscription, type GraphqlRequest } from "../graphql/admit";
import type { Actor } from "../access/roles.policy";
import type { Asker, Edge } from "../graphql/edge";
import { formatError } from "../graphql/formatError";
import { run, runOnce, type AdmittedOperation } from "../graphql/run";
import { invariant } from "../lib/invariant";

export const GRAPHQL_PATH = "/graphql";

type Parts = Readonly<{
  edge: Edge;
  answerAtOnce: AnswerAtOnce;
  authenticate: Authenticate;
  visits: Visits;
  streams: EventStreams;
}>;

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks, once the token was checked. */
    actor: Actor | null;
  }
}

/** GraphQL over HTTP: answers at once, or as a stream of events. */
export function serveGraphql(fastify: FastifyInstance, parts: Parts): void {
  const { edge, answerAtOnce, authenticate } = parts;
  fastify.decorateRequest("actor", null);

  const refuse = (reply: FastifyReply): FastifyReply =>
    sendErrors(reply.header("www-authenticate", "Bearer"), 401, [unauthenticated], edge.report);
  const isWelcome = async (request: FastifyRequest): Promise<boolean> => {
    request.actor = await authenticate(request.headers.authorization);
    return request.actor !== null;
  };
  const gates = {
    // Before anything of the body is read: whoever has no token costs nothing.
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      void reply.header(REQUEST_ID_HEADER, request.id);
      return (await isWelcome(request)) ? undefined : refuse(reply);
    },
    // And when all of it is there, which may have taken longer than the token counted.
    preHandler: async (request: FastifyRequest, reply: FastifyReply) =>
      (await isWelcome(request)) ? undefined : refuse(reply),
  };
  fastify.post(GRAPHQL_PATH, gates, async (request, reply) => {
    const admitted = admit(edge, requestIn(request.body));
    if (admitted.errors !== null) return sendErrors(reply, 400, admitted.errors, edge.report);
    if (wantsEvents(request)) return sendEvents(parts, request, reply, admitted);
    if (isSubscription(admitted.operation)) return sendErrors(reply, 400, [notAtOnce], edge.report);
    return answerAtOnce(request, reply, () => runOnce(edge, askerOf(request), admitted));
  });
  fastify.post(`${GRAPHQL_PATH}/stream`, gates, async (request, reply) => {
    const admitted = admit(edge, requestIn(request.body));
    if (admitted.errors !== null) return sendErrors(reply, 400, admitted.errors, edge.report);
    return sendEvents(parts, request, reply, admitted);
  });
}

async function sendEvents(
  { edge, streams, visits }: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
  admitted: AdmittedOperation,
): Promise<FastifyReply> {
  if (streams.count() >= STREAMS_MAX) return sendErrors(reply, 503, [tooManyStreams], edge.report);
  const results = await run(edge, askerOf(request), admitted);
  await streams.send(reply, results, (end) =>
    visits.enter(request.headers.authorization, () => end({ errors: [formatError(ended, edge.report)] })),
  );
  return reply;
}

function askerOf({ actor, id }: FastifyRequest): Asker {
  invariant(actor, "the token is checked before anything is answered");
  return { actor, requestId: id };
}

/** A batch of operations, as any other body that is no object, holds no query. */
function requestIn(body: unknown): GraphqlRequest {
  return typeof body === "object" && body !== null && !Array.isArray(body) ? body : {};
}

function wantsEvents({ headers: { accept } }: FastifyRequest): boolean {
  return accept !== undefined && accept.includes("text/event-stream");
}

const ended = publicError("UNAUTHENTICATED", "The token that opened this stream has ended.");
const unauthenticated = publicError(
  "UNAUTHENTICATED",
  "Send a valid token: `Authorization: Bearer <token>`. Without the admin token, `npm run admin-token` makes a new one.",
);
const notAtOnce = publicError(
  "BAD_USER_INPUT",
  "A subscription is answered over WebSocket, or here with the header `Accept: text/event-stream`.",
);
const tooManyStreams = publicError(
  "LIMIT_EXCEEDED",
  `At most ${STREAMS_MAX} event streams may be open at once.`,
);
