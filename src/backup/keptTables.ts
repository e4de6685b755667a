/*
 * Not derived from the log, so a backup holds them; a table that refers to another comes after it. Which list a table belongs to
 * says what must not come before what.
 */

/** Say how far somebody came in the log, so they are read before its head is: a backup has all events that they point to. */
export const POINTING_TABLES = [
  "server.consumers",
  "server.consumer_partitions",
  "webhooks.deliveries",
] as const;

/** Are named by events, or by nothing, so they are read after the head: whatever an event names was stored before it. */
export const NAMED_TABLES = [
  "server.secrets",
  "audience.user_lists",
  "audience.user_list_members",
  "audience.users",
  "audience.events",
  "access.token_uses",
  "delivery.outcomes",
  "delivery.counts",
  "delivery.key_hours",
  "delivery.reach",
  "delivery.batches",
  "webhooks.attempts",
] as const;

export const KEPT_TABLES = [...POINTING_TABLES, ...NAMED_TABLES] as const;

/**
 * Neither derived from the log nor in a backup: the log itself, whose events a backup has in its own way, what servers agree on
 * while they run, and what says which database this is, and what was restored into it.
 */
export const LEFT_TABLES = [
  "log.head",
  "log.events",
  "log.appends",
  // A backup has what readers get in the place of what was skipped.
  "log.skipped_events",
  "log.snapshots",
  "server.checkpoints",
  "server.leases",
  "server.log_in_use",
  "server.jobs",
  "server.restored",
  "server.changed_lists",
  "audience.changed_users",
  "public.product_experiences_migrations",
] as const;

/** `schema.table`, as SQL names it. */
export type TableName = string;

export function quotedTable(name: TableName): string {
  return name
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");
}
