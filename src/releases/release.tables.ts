import type { References } from "./release.events";
import type { LabelColumns } from "../labels/labels.policy";
import type { JsonObject } from "../lib/json";
import type { Table } from "../projections/projection";

/** A release of any kind, as people list it. */
export type ReleaseRow = {
  app: string;
  id: string;
  /** GraphQL type name. */
  kind: string;
  name: string;
  description: string;
  is_archived: boolean;
  latest_version: number;
  /** What it is about, whatever the version: `keys` of a config. */
  subject: JsonObject;
  /** Of the latest version. */
  note: string;
  /** By environment. */
  active: Readonly<Record<string, ActiveVersion>>;
  /** The open ones, by id. */
  schedules: Readonly<Record<string, OpenSchedule>>;
  /** Those that go on, by id. */
  previews: Readonly<Record<string, OpenPreview>>;
  /** By version: of the latest, the active, the scheduled and the previewed ones, and of fallbacks. */
  refers_to: Readonly<Record<number, References>>;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
} & LabelColumns;

export type ActiveVersion = Readonly<{ version: number; publishedAt: string; publishedBy: string }>;

export type OpenSchedule = Readonly<{
  version: number;
  environment: string;
  startsAt: string;
  endsAt: string | null;
  status: "PENDING" | "RUNNING" | "SUSPENDED";
  hasStarted: boolean;
  fallback: number | null;
}>;

export type OpenPreview = Readonly<{ version: number; environment: string; endsAt: string }>;

export type ReleaseVersionRow<Content = JsonObject> = {
  app: string;
  release_id: string;
  version: number;
  /** What the release was called and described as when this version was saved. */
  name: string;
  description: string;
  content: Content;
  refers_to: References;
  note: string;
  created_at: string;
  created_by: string;
};

/** What lists show of a version: all but its content, which is most of a row and which few ask for. */
export type VersionHeadRow = Omit<ReleaseVersionRow, "content" | "refers_to">;

export const releaseTable: Table<ReleaseRow> = {
  name: "releases",
  primaryKey: ["id"],
  json: ["subject", "active", "schedules", "previews", "refers_to", "tags"],
};

export const releaseVersionTable: Table<ReleaseVersionRow> = {
  name: "release_versions",
  primaryKey: ["release_id", "version"],
  json: ["content", "refers_to"],
  isAppendOnly: true,
};
