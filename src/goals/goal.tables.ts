import type { TrackedEvent } from "./goal.events";
import type { LabelColumns } from "../labels/labels.policy";
import type { Table } from "../projections/projection";

export type GoalRow = {
  app: string;
  id: string;
  name: string;
  description: string;
  events: readonly TrackedEvent[];
  value_property: string | null;
  /** Of the latest change. */
  note: string;
  is_archived: boolean;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
} & LabelColumns;

export const goalTable: Table<GoalRow> = { name: "goals", primaryKey: ["id"], json: ["events", "tags"] };
