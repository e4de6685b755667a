import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from "fastify";
import type { AnswerAtOnce } from "./answerAtOnce";
import { publicError, sendErrors } from "./errorBody";
import { bodyBytesMaxOf, limitedBody } from "./bodyLimit";
import { GRAPHQL_EVENTS, tooManyStreams, type EventStreams } from "./eventStream";
import { askerOf, type Gates } from "./gates";
import { EDITOR_BODY_BYTES_MAX } from "./limits";
import { admit, isSubscription, type GraphqlRequest } from "../graphql/admit";
import type { Edge } from "../graphql/edge";
import { run, runOnce, type AdmittedOperation } from "../graphql/run";

export const GRAPHQL_PATH = "/graphql";

type Parts = Readonly<{
  edge: Edge;
  answerAtOnce: AnswerAtOnce;
  gates: Gates;
  streams: EventStreams;
}>;

/** GraphQL over HTTP: answers at once, or as a stream of events. */
export function serveGraphql(fastify: FastifyInstance, parts: Parts): void {
  const { edge, answerAtOnce, gates } = parts;
  const large = {
    ...gates,
    bodyLimit: EDITOR_BODY_BYTES_MAX,
    preParsing: async ({ actor }: FastifyRequest, _reply: FastifyReply, body: RequestPayload) => {
      const bytesMax = bodyBytesMaxOf(actor);
      return bytesMax < EDITOR_BODY_BYTES_MAX ? limitedBody(body, bytesMax) : body;
    },
  };
  fastify.post(GRAPHQL_PATH, large, async (request, reply) => {
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
  { edge, streams }: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
  admitted: AdmittedOperation,
): Promise<FastifyReply> {
  if (streams.isFull()) return sendErrors(reply, 503, [tooManyStreams], edge.report);
  const results = await run(edge, askerOf(request), admitted);
  return streams.send(request, reply, results, GRAPHQL_EVENTS);
}

/** A batch of operations, as any other body that is no object, holds no query. */
function requestIn(body: unknown): GraphqlRequest {
  return typeof body === "object" && body !== null && !Array.isArray(body) ? body : {};
}

function wantsEvents({ headers: { accept } }: FastifyRequest): boolean {
  return accept !== undefined && accept.includes("text/event-stream");
}

const notAtOnce = publicError(
  "BAD_USER_INPUT",
  "A subscription is answered over WebSocket, or here with the header `Accept: text/event-stream`.",
);
