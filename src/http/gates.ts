import type { FastifyReply, FastifyRequest } from "fastify";
import { publicError, sendErrors } from "./errorBody";
import { REQUEST_ID_HEADER } from "./requestId";
import type { Authenticate } from "../access/authenticate";
import type { Actor } from "../access/roles.policy";
import type { Asker } from "../graphql/edge";
import type { ReportError } from "../graphql/formatError";
import { invariant } from "../lib/invariant";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks, once the token was checked. */
    actor: Actor | null;
  }
}

/** Stand before a route, and let in whoever has a token. */
export type Gates = ReturnType<typeof createGates>;

export function createGates(authenticate: Authenticate, report: ReportError) {
  const refuse = (reply: FastifyReply): FastifyReply =>
    sendErrors(reply.header("www-authenticate", "Bearer"), 401, [unauthenticated], report);
  const isWelcome = async (request: FastifyRequest): Promise<boolean> => {
    request.actor = await authenticate(request.headers.authorization);
    return request.actor !== null;
  };
  return {
    // Before anything of the body is read: whoever has no token costs nothing.
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      void reply.header(REQUEST_ID_HEADER, request.id);
      return (await isWelcome(request)) ? undefined : refuse(reply);
    },
    // And when all of it is there, which may have taken longer than the token counted.
    preHandler: async (request: FastifyRequest, reply: FastifyReply) =>
      (await isWelcome(request)) ? undefined : refuse(reply),
  };
}

/** Behind the gates. */
export function askerOf({ actor, id }: FastifyRequest): Asker {
  invariant(actor, "the token is checked before anything is answered");
  return { actor, requestId: id };
}

const unauthenticated = publicError(
  "UNAUTHENTICATED",
  "Send a valid token: `Authorization: Bearer <token>`. Without the admin token, `npm run admin-token` makes a new one.",
);
