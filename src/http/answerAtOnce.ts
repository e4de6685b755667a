import { HeaderMap, type ApolloServer, type HTTPGraphQLResponse } from "@apollo/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ExecutionResult } from "graphql";
import type { Execution } from "./apollo";
import { invariant } from "../lib/invariant";
import { isJsonObject } from "../lib/json";
import { recentlyUsed } from "../lib/recentlyUsed";

/** Of requests' headers whose answers' headers are remembered, in characters together. */
export const REMEMBERED_HEADERS_LENGTH_MAX = 10_000;

type Apollo = Pick<ApolloServer<Execution>, "executeHTTPGraphQLRequest">;

/** Answers a request that was admitted; `execute` gives its result. */
export type AnswerAtOnce = (
  request: FastifyRequest,
  reply: FastifyReply,
  execute: Execution["execute"],
) => Promise<FastifyReply>;

/**
 * Apollo Server decides how a request is answered: whether its headers allow to execute it, in which media type, with
 * which status an error. A result without errors owes to it only headers, which depend on the request's headers alone.
 * They are remembered, since Apollo's pipeline takes several times what executing a small document takes: the next such
 * result for the same headers leaves with them, in the bytes that Apollo would send.
 */
export function createAnswerAtOnce(apollo: Apollo): AnswerAtOnce {
  const remembered = recentlyUsed<string, Remembered>(REMEMBERED_HEADERS_LENGTH_MAX, ({ length }) => length);
  return async (request, reply, execute) => {
    const { accept, "content-type": contentType } = request.headers;
    const asked = `${contentType ?? ""}\n${accept ?? ""}`;
    const headers = concernsApollo(request.body) ? undefined : remembered.get(asked)?.headers;
    if (!headers) {
      const { answer, isPlain } = await askApollo(apollo, request, execute);
      if (isPlain)
        remembered.set(asked, { headers: Object.fromEntries(answer.headers), length: asked.length });
      return sendAnswer(reply, answer);
    }
    const result = await execute();
    if (!result.errors) return reply.headers(headers).send(`${JSON.stringify({ data: result.data })}\n`);
    const { answer } = await askApollo(apollo, request, () => Promise.resolve(result));
    return sendAnswer(reply, answer);
  };
}

type Remembered = Readonly<{ headers: Readonly<Record<string, string>>; length: number }>;

/** Persisted queries are Apollo's to refuse, and extensions that are none. */
function concernsApollo(body: unknown): boolean {
  const extensions = isJsonObject(body) ? (body["extensions"] ?? null) : null;
  return extensions !== null && (!isJsonObject(extensions) || "persistedQuery" in extensions);
}

/** By hand, since the ready-made handler parses an address and copies every header, of which Apollo reads these two. */
async function askApollo(
  apollo: Apollo,
  { body, headers: { accept, "content-type": contentType } }: FastifyRequest,
  execute: Execution["execute"],
): Promise<Readonly<{ answer: HTTPGraphQLResponse; isPlain: boolean }>> {
  const headers = new HeaderMap();
  if (accept !== undefined) headers.set("accept", accept);
  if (contentType !== undefined) headers.set("content-type", contentType);
  let hasData = false;
  const noting = async (): Promise<ExecutionResult> => {
    const result = await execute();
    hasData = result.errors === undefined;
    return result;
  };
  const answer = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: "POST", headers, search: "", body },
    context: () => Promise.resolve({ execute: noting }),
  });
  return { answer, isPlain: hasData && (answer.status ?? 200) === 200 };
}

function sendAnswer(reply: FastifyReply, { headers, body, status }: HTTPGraphQLResponse): FastifyReply {
  for (const [name, value] of headers) void reply.header(name, value);
  invariant(body.kind === "complete", "no document of ours defers or streams a part of its answer");
  return reply.code(status ?? 200).send(body.string);
}
