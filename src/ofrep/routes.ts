import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { keysByTargetingKey, ofrepAnswer, ofrepText } from "./answers";
import { NOBODY, placeOf, refusal, userIn } from "./context.graphql";
import { eventStreamsText } from "./eventsRoute";
import { keyIn, refuse } from "./refuse";
import type { StreamTokens } from "./streamToken";
import type { Authenticate } from "../access/authenticate";
import { guardAsQuery } from "../access/guard.graphql";
import { answersFor, type Answers } from "../delivery/answersFor";
import type { Server } from "../graphql/context";
import type { ReportError } from "../graphql/formatError";
import type { SendText } from "../http/compression";
import { forPages, openToPages } from "../http/cors";
import { entityTagOf, namesTag } from "../http/entityTag";
import { askerOf } from "../http/gates";
import { REQUEST_ID_HEADER } from "../http/requestId";
import { invariant } from "../lib/invariant";

export const OFREP_PATH = "/ofrep/v1/evaluate/flags";
/** Asks for values that are lists or null in an object, `{ "value": … }`. */
export const WRAP_HEADER = "x-wrap-values";

export type OfrepParts = Readonly<{
  server: Server;
  authenticate: Authenticate;
  report: ReportError;
  sendText: SendText;
  tokens: StreamTokens;
}>;

/** The OpenFeature Remote Evaluation Protocol, 0.3.0. */
export function serveOfrep(fastify: FastifyInstance, parts: OfrepParts): void {
  const { sendText } = parts;
  const options = { ...entrance(parts), errorHandler: errorHandler(parts) };
  openToPages(fastify, "POST", [OFREP_PATH, `${OFREP_PATH}/*`]);

  fastify.post(`${OFREP_PATH}/*`, options, async (request, reply) => {
    const { answers, isWrapped } = await answered(parts, request, [keyIn(request) ?? ""]);
    const [answer] = answers.values;
    invariant(answer, "each key that is asked for has an answer");
    const told = ofrepAnswer(answer, answers, isWrapped);
    if ("errorCode" in told) void reply.code(told.errorCode === "FLAG_NOT_FOUND" ? 404 : 400);
    return sendText(request, reply, JSON.stringify(told));
  });

  fastify.post(OFREP_PATH, options, async (request, reply) => {
    const { answers, isWrapped } = await answered(parts, request, undefined);
    const streams = eventStreamsText(parts.tokens, answers.ruleset.source, parts.server.now().getTime());
    // The address is part of what the tag names, since a client that is answered 304 is told of no new one.
    const flags = answers.values.map((answer) => ofrepText(answer, answers, isWrapped));
    const text = `{"flags":[${flags.join(",")}],"eventStreams":${streams}}`;
    const tag = entityTagOf(text);
    void reply.header("etag", tag);
    if (namesTag(request.headers["if-none-match"], tag)) return reply.code(304).send();
    return sendText(request, reply, text);
  });
}

type Answered = Readonly<{ answers: Answers; isWrapped: boolean }>;

async function answered(
  { server }: OfrepParts,
  request: FastifyRequest,
  keys: readonly string[] | undefined,
): Promise<Answered> {
  const { actor } = askerOf(request);
  const place = placeOf(request, actor);
  const user = userIn(request.body);
  guardAsQuery({ server, actor }, "evaluate", place);
  const except = user.id === NOBODY ? keysByTargetingKey : undefined;
  const answers = await answersFor(server, actor, { ...place, user, keys, except });
  return { answers, isWrapped: request.headers[WRAP_HEADER] === "true" };
}

/** Lets in whoever has a token, before anything of the body is read and again when all of it is there. */
function entrance({ authenticate }: OfrepParts) {
  const enter = async (request: FastifyRequest): Promise<void> => {
    request.actor = await authenticate(authorizationIn(request));
    if (request.actor === null) throw noToken;
  };
  return {
    onRequest: [
      forPages,
      async (request: FastifyRequest, reply: FastifyReply) => {
        void reply.header(REQUEST_ID_HEADER, request.id);
        await enter(request);
        const encoding = request.headers["content-encoding"] ?? "identity";
        if (encoding !== "identity") throw compressed;
      },
    ],
    preHandler: enter,
  };
}

/** The protocol knows two headers for it. */
function authorizationIn({ headers }: FastifyRequest): string | undefined {
  const apiKey = headers["x-api-key"];
  return headers.authorization ?? (typeof apiKey === "string" ? `Bearer ${apiKey}` : undefined);
}

const noToken = refusal(
  "UNAUTHENTICATED",
  "Send a valid token: `Authorization: Bearer <token>`, or `X-API-Key`.",
);
const compressed = refusal("BAD_REQUEST", "Send the body as it is, without the header `Content-Encoding`.");

const errorHandler =
  ({ report }: OfrepParts) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    refuse(request, reply, error, report);
