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

/** Answers what a route that is no GraphQL has thrown, with the status that its code stands for. */
export function sendThrown(reply: FastifyReply, error: unknown, report: ReportError): FastifyReply {
  const told = formatError(error, report);
  return sendFormatted(reply, statusOf(told), [told]);
}

export function statusOf({ extensions }: GraphQLFormattedError): number {
  return STATUS_OF[String(extensions?.["code"])] ?? 400;
}

const STATUS_OF: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
};

/** An error that a caller can mend. */
export function publicError(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
