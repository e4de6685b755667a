import { schemaVersions } from "./schemaVersions";
import { createUpcast, type Upcaster } from "../eventstore/upcasters";

/** What of a thing had no text yet is empty. */
const withTexts =
  (...names: string[]): Upcaster =>
  (data) => ({ ...Object.fromEntries(names.map((name) => [name, ""])), ...(data as object) });

/** Nothing was copied when apps could not be. */
const copiedFromNone: Upcaster = (data) => ({ ...(data as object), copiedFrom: null });

/** Days were those of UTC when apps had no time zone. */
const inUtc: Upcaster = (data) => ({ ...(data as object), timeZone: "UTC" });

/** Everybody kept what users did for as long when apps could not choose. */
const for400Days: Upcaster = (data) => ({ ...(data as object), retentionDays: 400 });

/** By event type: what brings version 1 of its shape to 2, then 2 to 3. */
const upcasters: ReadonlyMap<string, readonly Upcaster[]> = new Map([
  ["AppRegistered", [withTexts("note"), copiedFromNone]],
  ["AppCreated", [withTexts("note")]],
  ["AppSettingsUpdated", [inUtc, for400Days]],
  ["EnvironmentCreated", [withTexts("description", "note")]],
  ["KeyCreated", [withTexts("note")]],
  ["KeyEdited", [withTexts("note")]],
  ["KeyArchived", [withTexts("note")]],
  ["KeyRestored", [withTexts("note")]],
]);

/** Every reader of the log sees its events through this. */
export const upcast = createUpcast({ current: schemaVersions, upcasters });
