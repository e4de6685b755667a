import type { EventSkipped } from "../lib/eventSkipped";
import type { UserListReference } from "../evaluation/condition";
import type { Event } from "../lib/decider";

/** Names and shapes are the stored format: change them only by adding. */
export type AppEvent =
  | Event<"AppCreated", { slug: string; name: string; note: string }>
  | Event<"AppEdited", { name: string; note: string }>
  /** All settings as they are from now on. */
  | Event<"AppSettingsUpdated", AppSettings & { note: string }>
  /** Everybody who is one from now on, as a list in the table of user lists. */
  | Event<"TestUsersSet", UserListReference & { note: string }>
  | Event<"AppArchived", { note: string }>
  | Event<"AppRestored", { note: string }>
  /** In the place of an event that nobody could read, of whatever kind. */
  | EventSkipped;

export type AppSettings = Readonly<{
  /** Holds for experiments that are created after it was turned on. */
  mutuallyExclusiveExperiments: boolean;
  /** Whose days statistics are told by: a name of the IANA data base, as "Europe/Berlin". */
  timeZone: string;
  /** For how many days at least it is kept what users did. */
  retentionDays: number;
}>;

/** The settings alone, of what holds more. */
export function settingsIn({
  mutuallyExclusiveExperiments,
  timeZone,
  retentionDays,
}: AppSettings): AppSettings {
  return { mutuallyExclusiveExperiments, timeZone, retentionDays };
}

export const SETTINGS_AT_FIRST: AppSettings = {
  mutuallyExclusiveExperiments: false,
  timeZone: "UTC",
  retentionDays: 400,
};

export const APP_STREAM_PREFIX = "app-";
export const appStream = (slug: string): string => `${APP_STREAM_PREFIX}${slug}`;
export const slugOfStream = (stream: string): string => stream.slice(APP_STREAM_PREFIX.length);

export const PRODUCTION = "production";
