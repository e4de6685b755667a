import type { MeasuredGoal, Variation } from "./experiment.events";
import type { LabelColumns } from "../labels/labels.policy";
import type { Table } from "../projections/projection";

export type ExperimentRow = {
  app: string;
  id: string;
  name: string;
  description: string;
  environment: string;
  segment_id: string | null;
  traffic: number;
  bucket_by: string | null;
  bucket_by_fallback: string | null;
  variations: readonly Variation[];
  goals: readonly MeasuredGoal[];
  /** Of the latest change. */
  note: string;
  is_archived: boolean;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
} & LabelColumns;

export const experimentTable: Table<ExperimentRow> = {
  name: "experiments",
  primaryKey: ["id"],
  json: ["variations", "goals", "tags"],
};
