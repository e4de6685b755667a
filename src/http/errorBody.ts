import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { FastifyReply } from "fastify";
import { comeBack, formatError, type ReportError } from "../graphql/formatError";

/** Answers errors in the form of a GraphQL answer, so that a client reads them all in one way. */
export function sendErrors(
  reply: FastifyReply,
  status: number,
  errors: readonly unknown[],
  report: ReportError,
): FastifyReply {
  return sendFormatted(
    reply,
    status,
    errors.map((error) => formatError(error, report)),
  );
}

/** Those that are as callers shall see them already. */
export function sendFormatted(
  reply: FastifyReply,
  status: number,
  errors: readonly GraphQLFormattedError[],
): FastifyReply {
  const later = comeBack(errors);
  if (later) void reply.header("retry-after", later.seconds);
  return reply
    .code(later?.status ?? status)
    .type("application/json; charset=utf-8")
    .send(JSON.stringify({ errors }));
}

/** An error that a caller can mend. */
export function publicError(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
