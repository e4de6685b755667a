import type { FastifyInstance } from "fastify";
import { serveOfrepEvents } from "./eventsRoute";
import { createListeners, type Listeners } from "./listeners";
import { serveOfrep, type OfrepParts } from "./routes";
import { createStreamTokens } from "./streamToken";
import type { Stalls } from "../http/stalls";

type Parts = Omit<OfrepParts, "tokens"> & Readonly<{ stalls: Stalls; secret: Buffer }>;

/** All of the protocol: the flags, and the events that say when to ask for them again. */
export function openOfrep(fastify: FastifyInstance, { stalls, secret, ...parts }: Parts): Listeners {
  const { server, report } = parts;
  const nowMs = (): number => server.now().getTime();
  const listeners = createListeners({ rulesets: server.rulesets, stalls, nowMs });
  const tokens = createStreamTokens(secret);
  serveOfrep(fastify, { ...parts, tokens });
  serveOfrepEvents(fastify, { server, tokens, listeners, report });
  return listeners;
}
