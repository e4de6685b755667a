import type { SnapshotStore } from "./snapshots";
import type { Queryable } from "../postgres/database";

/** Snapshots beside the log, in the table that `migrations/0001_log.sql` makes. */
export function postgresSnapshots(database: Queryable): SnapshotStore {
  return {
    async load(stream) {
      const [row] = await database.query<{ revision: number; stateVersion: number; state: Uint8Array }>(
        `select s.revision, s.state_version as "stateVersion", s.state from log.snapshots s where s.stream = $1`,
        [stream],
      );
      return row ?? null;
    },
    async save(stream, { revision, stateVersion, state }) {
      await database.query(
        `insert into log.snapshots as s (stream, revision, state_version, state) values ($1, $2, $3, $4)
         on conflict (stream) do update
            set revision = excluded.revision, state_version = excluded.state_version, state = excluded.state
          where s.state_version <> excluded.state_version or s.revision < excluded.revision`,
        [stream, revision, stateVersion, state],
      );
    },
  };
}
