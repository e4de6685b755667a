import type { ConfigContent } from "./config.events";
import type { Table } from "../projections/projection";
import type { References } from "../releases/release.events";

export type ConfigRow = {
  app: string;
  id: string;
  name: string;
  description: string;
  is_archived: boolean;
  latest_version: number;
  /** Of the latest version; so is `note`. */
  content: ConfigContent;
  note: string;
  /** By environment. */
  active: Readonly<Record<string, ActiveVersion>>;
  /** The open ones, by id. */
  schedules: Readonly<Record<string, OpenSchedule>>;
  /** By version: of the latest, the active and the scheduled ones, and of fallbacks. */
  refers_to: Readonly<Record<number, References>>;
  created_at: string;
  created_by: string;
  updated_at: string;
};

export type ActiveVersion = Readonly<{
  version: number;
  publishedAt: string;
  publishedBy: string;
  content: ConfigContent;
}>;

export type OpenSchedule = Readonly<{
  version: number;
  environment: string;
  startsAt: string;
  endsAt: string | null;
  status: "PENDING" | "RUNNING" | "SUSPENDED";
  hasStarted: boolean;
  fallback: number | null;
}>;

export type ConfigVersionRow = {
  app: string;
  config_id: string;
  version: number;
  /** What the config was called and described as when this version was saved. */
  name: string;
  description: string;
  content: ConfigContent;
  refers_to: References;
  note: string;
  created_at: string;
  created_by: string;
};

export const configTable: Table<ConfigRow> = {
  name: "configs",
  primaryKey: ["id"],
  json: ["content", "active", "schedules", "refers_to"],
};

export const configVersionTable: Table<ConfigVersionRow> = {
  name: "config_versions",
  primaryKey: ["config_id", "version"],
  json: ["content", "refers_to"],
  isAppendOnly: true,
};
