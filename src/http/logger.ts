import fastifyFactory from "fastify";
import type { Logger } from "../lib/logger";

/** Writes one JSON line for each message, as `{ level, time, msg, … }`. */
export type ServerLogger = Logger &
  Readonly<{
    error(message: string): void;
    error(facts: object, message: string): void;
  }>;

/** Fastify's own logger, pino, for all parts of the server. */
export function createLogger(level: string): ServerLogger {
  return fastifyFactory({ logger: { level, base: null } }).log;
}
