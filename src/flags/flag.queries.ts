import type { FlagSwitchRow } from "./flag.tables";
import type { Database } from "../postgres/database";

/** Where flags are switched off; those that never were are left out. */
export function findFlagSwitches(database: Database, ids: readonly string[]): Promise<FlagSwitchRow[]> {
  return database.query<FlagSwitchRow>(
    `select switches.flag_id, switches.disabled_in
       from models.flag_switches as switches where switches.flag_id = any($1)`,
    [ids],
  );
}
