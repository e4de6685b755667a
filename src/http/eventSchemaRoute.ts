import type { FastifyInstance } from "fastify";
import { EVENT_TYPES, eventSchema, schemaPath } from "../changes/eventSchemas";

/** The JSON Schemas of the events that the feed sends, at their `dataschema`. They tell nothing of anybody, so they need no token. */
export function serveEventSchemas(fastify: FastifyInstance): void {
  for (const type of EVENT_TYPES) {
    const text = JSON.stringify(eventSchema(type));
    fastify.get(schemaPath(type), async (_request, reply) =>
      reply.type("application/schema+json; charset=utf-8").send(text),
    );
  }
}
