import type { Event } from "./decider";

/** What stands in the place of an event that nobody can read, in any stream. `type` is what that one calls itself. */
export type EventSkipped = Event<"EventSkipped", { type: string; note: string }>;

export const EVENT_SKIPPED = "EventSkipped";
