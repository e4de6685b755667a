import { schemaVersions } from "./schemaVersions";
import { createUpcast, type Upcaster } from "../eventstore/upcasters";

/** What of a thing had no text yet is empty. */
const withTexts =
  (...names: string[]): Upcaster =>
  (data) => ({ ...Object.fromEntries(names.map((name) => [name, ""])), ...(data as object) });

/** By event type: what brings version 1 of its shape to 2, then 2 to 3. */
const upcasters: ReadonlyMap<string, readonly Upcaster[]> = new Map([
  ["AppRegistered", [withTexts("note")]],
  ["AppCreated", [withTexts("note")]],
  ["EnvironmentCreated", [withTexts("description", "note")]],
  ["KeyCreated", [withTexts("note")]],
  ["KeyEdited", [withTexts("note")]],
  ["KeyArchived", [withTexts("note")]],
  ["KeyRestored", [withTexts("note")]],
]);

/** Every reader of the log sees its events through this. */
export const upcast = createUpcast({ current: schemaVersions, upcasters });
