import type { AppSettings } from "./app.events";
import type { UserListReference } from "../evaluation/condition";
import type { Table } from "../projections/projection";

export type AppRow = {
  app: string;
  name: string;
  /** READY once the app's own stream has begun. */
  status: "REGISTERED" | "READY";
  /** For the creation that it announced, should that be interrupted. */
  registration_note: string;
  /** And the app that it starts as a copy of. */
  registration_copied_from: string | null;
  settings: AppSettings;
  /** Null: nobody is one. */
  test_users: UserListReference | null;
  is_archived: boolean;
} & Authored;

export type EnvironmentRow = {
  app: string;
  name: string;
  description: string;
  is_archived: boolean;
  /** Orders an app's environments by creation. */
  ordinal: number;
} & Authored;

type Authored = { created_at: string; created_by: string; updated_at: string; updated_by: string };

export const appTable: Table<AppRow> = {
  name: "apps",
  primaryKey: ["app"],
  json: ["settings", "test_users"],
};
export const environmentTable: Table<EnvironmentRow> = { name: "environments", primaryKey: ["app", "name"] };
