import type { LabelColumns } from "../labels/labels.policy";
import type { JsonObject } from "../lib/json";
import type { Table } from "../projections/projection";

export type SegmentRow = {
  app: string;
  id: string;
  name: string;
  description: string;
  condition: JsonObject;
  /** Of the latest change. */
  note: string;
  cloned_from: string | null;
  is_archived: boolean;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
} & LabelColumns;

export const segmentTable: Table<SegmentRow> = {
  name: "segments",
  primaryKey: ["id"],
  json: ["condition", "tags"],
};
