import type { Event } from "../lib/decider";

/** Names and shapes are the stored format: change them only by adding. */
export type AppEvent =
  Event<"AppCreated", { slug: string; name: string }> | Event<"EnvironmentCreated", { name: string }>;

export const APP_STREAM_PREFIX = "app-";
export const appStream = (slug: string): string => `${APP_STREAM_PREFIX}${slug}`;
export const slugOfStream = (stream: string): string => stream.slice(APP_STREAM_PREFIX.length);

export const PRODUCTION = "production";
