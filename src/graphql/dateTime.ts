import { GraphQLError } from "graphql";
import { exactInstantOf } from "../evaluation/instant";

export const YEAR_MIN = 1970;
export const YEAR_MAX = 9999;

/** The instant in the one form that the server stores and answers: ISO 8601 in UTC with milliseconds. */
export function parseDateTime(value: unknown): string {
  const instantMs = typeof value === "string" ? exactInstantOf(value) : null;
  if (instantMs === null || !isInBounds(instantMs)) {
    throw new GraphQLError(
      `A DateTime is ISO 8601 with a time zone, as "2026-01-05T10:00:00Z", in the years ${YEAR_MIN} to ${YEAR_MAX}.`,
      { extensions: { code: "BAD_USER_INPUT" } },
    );
  }
  return new Date(instantMs).toISOString();
}

/** Whether a text is in the one form that `parseDateTime` gives. */
export function isDateTime(text: string): boolean {
  const instantMs = exactInstantOf(text);
  return instantMs !== null && isInBounds(instantMs) && new Date(instantMs).toISOString() === text;
}

function isInBounds(instantMs: number): boolean {
  return instantMs >= INSTANT_MS_MIN && instantMs <= INSTANT_MS_MAX;
}

const INSTANT_MS_MIN = Date.UTC(YEAR_MIN, 0, 1);
// An offset can carry the last hours of the last year over into the next one.
const INSTANT_MS_MAX = Date.UTC(YEAR_MAX + 1, 0, 1) - 1;
