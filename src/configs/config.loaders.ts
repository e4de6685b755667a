import type { ConfigRow, ConfigVersionRow } from "./config.tables";
import { findConfigs, findVersionPages, findVersions } from "./config.queries";
import type { Page } from "../graphql/connection";
import type { Server } from "../graphql/context";
import { historyPageOf, type HistoryPage } from "../releases/historyPage";
import {
  findPublicationPages,
  findScheduledPublicationPages,
  type EndedPublicationRow,
} from "../releases/publication.queries";
import type { ScheduledPublicationRow } from "../releases/publication.projection";

/** Look-ups that `load` collects: each is one query however many ids there are. */

export async function configsById(
  { database }: Server,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ConfigRow>> {
  return new Map((await findConfigs(database, ids)).map((row) => [row.id, row]));
}

/** Names a version in one text. */
export const versionName = (configId: string, version: number): string => `${version} ${configId}`;

export async function versionsByName(
  { database }: Server,
  names: readonly string[],
): Promise<ReadonlyMap<string, ConfigVersionRow>> {
  const places = names.map((name) => {
    const separator = name.indexOf(" ");
    return { version: Number(name.slice(0, separator)), configId: name.slice(separator + 1) };
  });
  const rows = await findVersions(database, places);
  return new Map(rows.map((row) => [versionName(row.config_id, row.version), row]));
}

export function versionPages({ database }: Server, names: readonly string[]) {
  return byName<ConfigVersionRow>(names, (pages) => findVersionPages(database, pages));
}

export function publicationPages({ database }: Server, names: readonly string[]) {
  return byName<EndedPublicationRow>(names, (pages) => findPublicationPages(database, pages));
}

export function scheduledPublicationPages({ database }: Server, names: readonly string[]) {
  return byName<ScheduledPublicationRow>(names, (pages) => findScheduledPublicationPages(database, pages));
}

export function keysById(server: Server, ids: readonly string[]) {
  return nodesById(server, "Key", ids);
}

export function segmentsById(server: Server, ids: readonly string[]) {
  return nodesById(server, "Segment", ids);
}

async function byName<Row>(
  names: readonly string[],
  find: (pages: readonly HistoryPage[]) => Promise<readonly Page<Row>[]>,
): Promise<ReadonlyMap<string, Page<Row>>> {
  const pages = await find(names.map(historyPageOf));
  return new Map(names.flatMap((name, index) => (pages[index] ? [[name, pages[index]] as const] : [])));
}

/** Another slice's things, by the way in which everybody finds them. */
async function nodesById(
  { nodes, database }: Server,
  typename: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { id: string }>> {
  const found = (await nodes.get(typename)?.findMany(database, ids)) ?? [];
  return new Map(found.map((node) => [node.id, node]));
}
