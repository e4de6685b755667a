import { dropPartitions } from "./eventPartitions";
import { FIRST_KEY } from "./userSlices";
import type { Database } from "../postgres/database";

/** Users whose events are looked at by one statement. */
export const PRUNED_USERS = 500;
const DAY_MS = 86_400_000;

export type Pruning = Readonly<{
  nowMs: number;
  /** Whether to go on. */
  goesOn: () => boolean;
  prunedUsers?: number;
}>;

/**
 * Deletes what users did longer ago than their app keeps it: by the month what no app keeps, and of apps that keep it for a
 * shorter time the events of some users at a time.
 */
export async function pruneEvents(database: Database, pruning: Pruning): Promise<void> {
  const apps = await database.query<{ app: string; days: number }>(
    `select apps.app, (apps.settings->>'retentionDays')::integer as days from models.apps
      where apps.status = 'READY' order by apps.app`,
    [],
    "audience.retentions",
  );
  if (apps.length === 0) return;
  const before = (days: number) => new Date(pruning.nowMs - days * DAY_MS);
  const daysMax = Math.max(...apps.map(({ days }) => days));
  await dropPartitions(database, before(daysMax));
  for (const { app, days } of apps) {
    if (days < daysMax && pruning.goesOn()) await pruneApp(database, app, before(days), pruning);
  }
}

async function pruneApp(
  database: Database,
  app: string,
  before: Date,
  { goesOn, prunedUsers = PRUNED_USERS }: Pruning,
): Promise<void> {
  let last = { environment: "", user_key: FIRST_KEY };
  for (let isMore = true; isMore && goesOn();) {
    const users = await database.query<typeof last>(
      `select users.environment, users.user_key from audience.users
        where users.app = $1 and (users.environment, users.user_key) > ($2, $3::uuid)
        order by users.environment, users.user_key limit $4`,
      [app, last.environment, last.user_key, prunedUsers],
      "audience.usersToPrune",
    );
    if (users.length > 0) {
      await database.query(
        "delete from audience.events where events.user_key = any($1::uuid[]) and events.at < $2",
        [users.map(({ user_key }) => user_key), before],
        "audience.pruneEvents",
      );
    }
    last = users.at(-1) ?? last;
    isMore = users.length === prunedUsers;
  }
}
