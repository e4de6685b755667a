import type { Event } from "../lib/decider";

/** A name is unique in the app for ever, archived ones included. Names and shapes are the stored format: change them only by adding. */
export type EnvironmentEvent =
  | Event<"EnvironmentCreated", { name: string; description: string; note: string }>
  | Event<"EnvironmentEdited", { name: string; description: string; note: string }>
  | Event<"EnvironmentArchived", { name: string; note: string }>
  | Event<"EnvironmentRestored", { name: string; note: string }>;
