import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendStream, type SendText } from "./compression";
import { forPages, openToPages } from "./cors";
import { entityTagOf, namesTag } from "./entityTag";
import { publicError, sendErrors, sendThrown } from "./errorBody";
import { readBatchBody, readEvaluateBody, type BatchBody } from "./evaluateBody";
import { askerOf, type Gates } from "./gates";
import { BATCH_BODY_BYTES_MAX } from "./limits";
import { guardAsQuery } from "../access/guard.graphql";
import { isClient, type Actor } from "../access/roles.policy";
import { answersFor } from "../delivery/answersFor";
import { answersText } from "../delivery/answerText";
import type { User } from "../evaluation/model";
import type { Server } from "../graphql/context";
import type { ReportError } from "../graphql/formatError";

export const EVALUATE_PATH = "/v1/evaluate";
export const BATCH_PATH = "/v1/evaluate/batch";
/** Users of a batch whose answers are made in one go. */
const SLICE_USERS = 20;

type Parts = Readonly<{ server: Server; gates: Gates; report: ReportError; sendText: SendText }>;

/** What the query `evaluate` answers of the present, in plain JSON: with its rights and limits, in its words. */
export function serveEvaluate(fastify: FastifyInstance, { server, gates, report, sendText }: Parts): void {
  const onRequest = [forPages, gates.onRequest, plainBody(report)];
  const answered = (handler: Handler) => async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      return await handler(request, reply);
    } catch (error) {
      return sendThrown(reply, error, report);
    }
  };
  openToPages(fastify, "POST", [EVALUATE_PATH]);
  fastify.post(
    EVALUATE_PATH,
    { ...gates, onRequest },
    answered(async (request, reply) => {
      const { actor } = askerOf(request);
      const { place, user, keys } = readEvaluateBody(request.body, actor);
      guardAsQuery({ server, actor }, "evaluate", place);
      const { revision, values, hasStoredUser } = await answersFor(server, actor, { ...place, user, keys });
      const text = answersText(values);
      const tag = entityTagOf(text);
      void reply.header("etag", tag);
      if (namesTag(request.headers["if-none-match"], tag)) return reply.code(304).send();
      const answer = `{"revision":${revision},"values":${text},"hasStoredUser":${hasStoredUser}}`;
      return sendText(request, reply, answer);
    }),
  );
  fastify.post(
    BATCH_PATH,
    { ...gates, onRequest, bodyLimit: BATCH_BODY_BYTES_MAX },
    answered(async (request, reply) => {
      const { actor } = askerOf(request);
      const asked = readBatchBody(request.body, actor);
      guardAsQuery({ server, actor }, "evaluate", asked.place, asked.users.length);
      if (isClient(actor)) throw oneAtATime;
      const lines = linesFor(server, actor, asked);
      // What is wrong with all of them shows at the first, and then is told by the status.
      const first = await lines.next();
      const all = first.done === true ? [] : goingOn(first.value, lines);
      return sendStream(request, reply, "application/x-ndjson; charset=utf-8", Readable.from(all));
    }),
  );
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** A hook that refuses bodies which would have to be unpacked: a small one could become any size. */
export const plainBody = (report: ReportError) => async (request: FastifyRequest, reply: FastifyReply) => {
  const encoding = request.headers["content-encoding"] ?? "identity";
  return encoding === "identity" ? undefined : sendErrors(reply, 415, [compressedBody], report);
};

const compressedBody = publicError(
  "BAD_REQUEST",
  "Send the body as it is, without the header `Content-Encoding`.",
);
const oneAtATime = publicError(
  "FORBIDDEN",
  `A token of kind CLIENT asks for one user at a time, at POST ${EVALUATE_PATH}.`,
);

/** A line for each user, in their order; many lines in a piece. */
async function* linesFor(
  server: Server,
  actor: Actor,
  { place, users, keys }: BatchBody,
): AsyncGenerator<string, void> {
  const lineFor = async (user: User): Promise<string> => {
    const { revision, values, hasStoredUser } = await answersFor(server, actor, { ...place, user, keys });
    const rest = `"revision":${revision},"values":${answersText(values)},"hasStoredUser":${hasStoredUser}`;
    return `{"user":${JSON.stringify(user.id)},${rest}}\n`;
  };
  for (let from = 0; from < users.length; from += SLICE_USERS) {
    yield (await Promise.all(users.slice(from, from + SLICE_USERS).map(lineFor))).join("");
    // Others are answered between the slices, however fast this one is read.
    await setImmediate();
  }
}

async function* goingOn<Item>(first: Item, rest: AsyncIterable<Item>): AsyncGenerator<Item, void> {
  yield first;
  yield* rest;
}
