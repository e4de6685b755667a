import type { KeyType } from "./key.events";
import type { LabelColumns } from "../labels/labels.policy";
import type { Json } from "../lib/json";
import type { Table } from "../projections/projection";

export type KeyRow = {
  app: string;
  name: string;
  type: KeyType;
  default_value: Json;
  description: string;
  value_schema: Json;
  is_visible_to_clients: boolean;
  /** Of the latest change. */
  note: string;
  is_archived: boolean;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
} & LabelColumns;

export const keyTable: Table<KeyRow> = {
  name: "keys",
  primaryKey: ["app", "name"],
  json: ["default_value", "value_schema", "tags"],
};
