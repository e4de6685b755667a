import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { publicError, sendErrors } from "./errorBody";
import { bearerIn, type Authenticate } from "../access/authenticate";
import { may } from "../access/roles.policy";
import { hashOfSecret } from "../access/secret";
import type { ReportError } from "../graphql/formatError";

export const METRICS_PATH = "/metrics";

/** What is served there, and the token that whoever collects it has; without one only administrators of all apps may. */
export type MetricsPage = Readonly<{
  contentType: string;
  text: () => Promise<string>;
  token: string | null;
}>;

type Parts = Readonly<{ page: MetricsPage; authenticate: Authenticate; report: ReportError }>;

/** What Prometheus collects. It says how much is done and nothing of anybody, but how much that is, is not everybody's to know. */
export function serveMetrics(fastify: FastifyInstance, { page, authenticate, report }: Parts): void {
  const ownHash = page.token === null ? null : hashOfSecret(page.token);
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    const { authorization } = request.headers;
    const bearer = bearerIn(authorization);
    // Its own token needs no database, so that an outage can be watched.
    if (bearer !== null && ownHash !== null && hashOfSecret(bearer) === ownHash) return undefined;
    const actor = await authenticate(authorization);
    if (!actor) return sendErrors(reply.header("www-authenticate", "Bearer"), 401, [noToken], report);
    return may(actor, "ADMINISTER", null) ? undefined : sendErrors(reply, 403, [notYours], report);
  };
  fastify.get(METRICS_PATH, { onRequest }, async (_request, reply) =>
    reply.type(page.contentType).send(await page.text()),
  );
}

const noToken = publicError(
  "UNAUTHENTICATED",
  "Send the token of METRICS_TOKEN, or an administrator's: `Authorization: Bearer <token>`.",
);
const notYours = publicError("FORBIDDEN", "Only METRICS_TOKEN and administrators of all apps may read this.");
