import type { FastifyInstance } from "fastify";

/** Whether the server can do its work, and if not, why. */
export type Readiness = Readonly<{ isReady: boolean; reasons: readonly string[] }>;

/** Answers to those who watch the process. They need no token and tell nothing but reasons in words. */
export function serveHealth(fastify: FastifyInstance, ready: () => Readiness | Promise<Readiness>): void {
  fastify.get("/health/live", () => ({ isLive: true }));
  fastify.get("/health/ready", async (_request, reply) => {
    const { isReady, reasons } = await ready();
    return reply.code(isReady ? 200 : 503).send({ isReady, reasons });
  });
}
