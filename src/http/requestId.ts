import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Names a request in the log. Whoever sends one along, as a proxy does, finds theirs. */
export const REQUEST_ID_HEADER = "x-request-id";
export const REQUEST_ID_LENGTH_MAX = 128;

const REQUEST_ID = new RegExp(`^[\\w.:-]{1,${REQUEST_ID_LENGTH_MAX}}$`);

/** The id that was sent along, if it is one that can stand in a log; else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
}
