import { repeatEvery } from "../lib/repeatEvery";
import type { Database } from "../postgres/database";

/** What others told of users is heard of after about so long. */
export const HEARD_EVERY_MS = 200;
/** Whoever did not hear for so long may have missed something. */
const MISSED_AFTER_MS = 30_000;
/** Afterwards everybody has heard, or takes it that something was missed. */
const KEPT_MS = 2 * MISSED_AFTER_MS;
/** More statements at once are too many to name their users. */
const STATEMENTS_MAX = 5_000;

export type ChangedUsersOptions = Readonly<{
  database: Database;
  /** Only goes forward. */
  clockMs: () => number;
  /** Whether anybody wants to know; while nobody does, it is not asked. */
  isWanted: () => boolean;
  onChanged: (userKeys: readonly string[]) => void;
  /** Anybody may have changed. */
  onMissed: () => void;
  report: (error: unknown) => void;
}>;

/** Hears of which users something was told or forgotten, by any server. */
export interface ChangedUsers {
  /** Everything that was told before this instant of the clock has been heard. */
  heardUntilMs(): number;
  stop(): Promise<void>;
}

type Heard = Readonly<{
  snapshot: string;
  oldest: string;
  changed: readonly (readonly string[] | null)[] | null;
}>;
type Last = Readonly<{ snapshot: string; oldest: string; atMs: number }>;

export function followChangedUsers(options: ChangedUsersOptions): ChangedUsers {
  const { database, clockMs, isWanted, report } = options;
  let last: Last | null = null;
  let isFailing = false;
  /** That which everybody has heard when it is as old as `KEPT_MS`. */
  let toForget: Last | null = null;

  async function hear(): Promise<void> {
    const atMs = clockMs();
    if (last && atMs - last.atMs > MISSED_AFTER_MS) last = null;
    const heard = await database.query<Heard>(
      CHANGED_SINCE,
      [last?.snapshot ?? null, STATEMENTS_MAX],
      "audience.changedUsers",
    );
    for (const each of heard) {
      tell(each);
      last = { ...each, atMs };
      await forget(last);
    }
  }

  /** Once in a row of failures is told of them. */
  async function hearIfWanted(): Promise<void> {
    if (!isWanted()) return;
    try {
      await hear();
      isFailing = false;
    } catch (error) {
      if (!isFailing) report(error);
      isFailing = true;
      last = null;
    }
  }

  function tell({ changed }: Heard): void {
    if (!last || (changed?.length ?? 0) >= STATEMENTS_MAX || changed?.includes(null)) options.onMissed();
    else if (changed) options.onChanged(changed.flatMap((keys) => keys ?? []));
  }

  /** Transactions that had ended so long ago are heard of by everybody who still goes on from what was heard. */
  async function forget(now: Last): Promise<void> {
    toForget ??= now;
    if (now.atMs - toForget.atMs < KEPT_MS) return;
    const { oldest } = toForget;
    toForget = now;
    await database.query(
      "delete from audience.changed_users where changed_by < $1::xid8",
      [oldest],
      "audience.forgetChanged",
    );
  }

  const repeating = repeatEvery(HEARD_EVERY_MS, hearIfWanted, report);
  return { heardUntilMs: () => last?.atMs ?? -Infinity, stop: repeating.stop };
}

/** Of the transactions that a snapshot did not see: what they changed, and what is seen now. */
const CHANGED_SINCE = `
  select pg_current_snapshot()::text as snapshot, pg_snapshot_xmin(pg_current_snapshot())::text as oldest,
         (select json_agg(recent.user_keys)
            from (select changed_users.user_keys from audience.changed_users
                   where changed_users.changed_by >= pg_snapshot_xmin($1::pg_snapshot)
                     and not pg_visible_in_snapshot(changed_users.changed_by, $1::pg_snapshot)
                   limit $2) as recent) as changed`;
