import type { AppRow, EnvironmentRow } from "./app.tables";
import { findApps } from "./app.queries";
import { findEnvironments, findEnvironmentsOf } from "./environment.queries";
import type { Server } from "../graphql/context";

/** Look-ups that `load` collects: each is one query however many it is asked for. */

export async function appsBySlug(
  { database }: Server,
  slugs: readonly string[],
): Promise<ReadonlyMap<string, AppRow>> {
  return new Map((await findApps(database, slugs)).map((row) => [row.app, row]));
}

/** All of each app, archived ones too, in order of creation. */
export async function environmentsBySlug(
  { database }: Server,
  slugs: readonly string[],
): Promise<ReadonlyMap<string, readonly EnvironmentRow[]>> {
  const bySlug = new Map<string, EnvironmentRow[]>(slugs.map((slug) => [slug, []]));
  for (const row of await findEnvironmentsOf(database, slugs)) bySlug.get(row.app)?.push(row);
  return bySlug;
}

/** Names an environment in one text. */
export const environmentPlace = (app: string, name: string): string => `${app} ${name}`;

export async function environmentsByPlace(
  { database }: Server,
  places: readonly string[],
): Promise<ReadonlyMap<string, EnvironmentRow>> {
  const wanted = places.map((place) => {
    const [app = "", name = ""] = place.split(" ");
    return { app, name };
  });
  const rows = await findEnvironments(database, wanted);
  return new Map(rows.map((row) => [environmentPlace(row.app, row.name), row]));
}
