import { HeaderMap, type ApolloServer } from "@apollo/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Context } from "../graphql/context";
import { invariant } from "../lib/invariant";

/**
 * Lets Apollo Server answer a request that was admitted. By hand, since the ready-made handler parses an address and
 * copies every header for each request, of which Apollo reads these two.
 */
export async function answerAtOnce(
  apollo: ApolloServer<Context>,
  { body, headers: { accept, "content-type": contentType } }: FastifyRequest,
  reply: FastifyReply,
  context: Context,
): Promise<FastifyReply> {
  const headers = new HeaderMap();
  if (accept !== undefined) headers.set("accept", accept);
  if (contentType !== undefined) headers.set("content-type", contentType);
  const answer = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: "POST", headers, search: "", body },
    context: () => Promise.resolve(context),
  });
  for (const [name, value] of answer.headers) void reply.header(name, value);
  invariant(answer.body.kind === "complete", "no document of ours defers or streams a part of its answer");
  return reply.code(answer.status ?? 200).send(answer.body.string);
}
