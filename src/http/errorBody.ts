import { GraphQLError } from "graphql";
import type { FastifyReply } from "fastify";
import { RETRY_AFTER_SECONDS } from "./apollo";
import { formatError, isUnavailable, type ReportError } from "../graphql/formatError";

/** Answers errors in the form of a GraphQL answer, so that a client reads them all in one way. */
export function sendErrors(
  reply: FastifyReply,
  status: number,
  errors: readonly unknown[],
  report: ReportError,
): FastifyReply {
  const formatted = errors.map((error) => formatError(error, report));
  const isAway = isUnavailable(formatted);
  if (isAway) void reply.header("retry-after", RETRY_AFTER_SECONDS);
  return reply
    .code(isAway ? 503 : status)
    .type("application/json; charset=utf-8")
    .send(JSON.stringify({ errors: formatted }));
}

/** An error that a caller can mend. */
export function publicError(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
