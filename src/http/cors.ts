import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** For how long a browser remembers that it may ask. */
const REMEMBERED_SECONDS = 7_200;

/**
 * Lets pages of every origin ask at these paths. Who asks is known by a token that the page itself sends, and by nothing that a
 * browser would add, so a page gets only what it could get from anywhere.
 */
export function openToPages(fastify: FastifyInstance, methods: string, paths: readonly string[]): void {
  for (const path of paths) {
    fastify.options(path, async (_request, reply) =>
      allowPages(reply)
        .header("access-control-allow-methods", methods)
        .header("access-control-allow-headers", REQUEST_HEADERS)
        .header("access-control-max-age", REMEMBERED_SECONDS)
        .code(204)
        .send(),
    );
  }
}

/** A hook before the gates, so that a page can also read that it was refused. */
export function forPages(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  allowPages(reply);
  done();
}

function allowPages(reply: FastifyReply): FastifyReply {
  return reply
    .header("access-control-allow-origin", "*")
    .header("access-control-expose-headers", ANSWER_HEADERS);
}

const REQUEST_HEADERS =
  "authorization, content-type, if-none-match, x-api-key, x-app, x-environment, x-request-id";
const ANSWER_HEADERS = "etag, retry-after, x-request-id";
