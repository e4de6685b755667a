import type { Table } from "../projections/projection";

/** The kill switch of a flag. A flag that was never switched off has no row. */
export type FlagSwitchRow = {
  flag_id: string;
  /** By environment. */
  disabled_in: Readonly<Record<string, Disabled>>;
};

/** Since when a flag is switched off, by whom, and what they noted. */
export type Disabled = Readonly<{ disabledAt: string; disabledBy: string; note: string }>;

export const flagSwitchTable: Table<FlagSwitchRow> = {
  name: "flag_switches",
  primaryKey: ["flag_id"],
  json: ["disabled_in"],
};
