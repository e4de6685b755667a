import { historyPageName, historyPageOf, type HistoryPage } from "./historyPage";
import type { PreviewRow } from "./preview.projection";
import { findPreviewPages } from "./preview.queries";
import type { ScheduledPublicationRow } from "./publication.projection";
import {
  findPublicationPages,
  findScheduledPublicationPages,
  type EndedPublicationRow,
} from "./publication.queries";
import {
  findReleases,
  findVersionContents,
  findVersionHeads,
  findVersionPages,
  type VersionPlace,
} from "./release.queries";
import type { ReleaseRow, VersionHeadRow } from "./release.tables";
import { pageRequest, type Page, type PageArguments } from "../graphql/connection";
import type { Context, Server } from "../graphql/context";
import { load, type Batch } from "../graphql/load";
import { invariant } from "../lib/invariant";
import type { JsonObject } from "../lib/json";

/** The release of this kind with this id; null if there is none. Each look-up here is one query however many ask. */
export async function loadRelease(context: Context, kind: string, id: string): Promise<ReleaseRow | null> {
  const row = await load(context, releasesById, id);
  return row?.kind === kind ? row : null;
}

export async function releasesById(
  { database }: Server,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReleaseRow>> {
  return new Map((await findReleases(database, ids)).map((row) => [row.id, row]));
}

/** Null if there is no such version, whatever number is asked for. */
export async function loadVersion(
  context: Context,
  { id, latest_version }: ReleaseRow,
  version: number,
): Promise<VersionHeadRow | null> {
  if (version < 1 || version > latest_version) return null;
  return (await load(context, headsByName, versionName(id, version))) ?? null;
}

/** The content of a version that there is. */
export async function loadContent(
  context: Context,
  { releaseId, version }: VersionPlace,
): Promise<JsonObject> {
  const content = await load(context, contentsByName, versionName(releaseId, version));
  invariant(content, `"${releaseId}" has a version ${version}`);
  return content;
}

/** Names a version in one text. */
const versionName = (releaseId: string, version: number): string => `${version} ${releaseId}`;

function placeOf(name: string): VersionPlace {
  const separator = name.indexOf(" ");
  return { version: Number(name.slice(0, separator)), releaseId: name.slice(separator + 1) };
}

async function headsByName(
  { database }: Server,
  names: readonly string[],
): Promise<ReadonlyMap<string, VersionHeadRow>> {
  const rows = await findVersionHeads(database, names.map(placeOf));
  return new Map(rows.map((row) => [versionName(row.release_id, row.version), row]));
}

async function contentsByName(
  { database }: Server,
  names: readonly string[],
): Promise<ReadonlyMap<string, JsonObject>> {
  const rows = await findVersionContents(database, names.map(placeOf));
  return new Map(rows.map((row) => [versionName(row.release_id, row.version), row.content]));
}

/** A page of one release's history; pages of many releases are read together. */
export async function loadHistoryPage<Row>(
  context: Context,
  pages: Batch<string, Page<Row>>,
  { id }: Readonly<{ id: string }>,
  page: PageArguments,
): Promise<Page<Row>> {
  const found = await load(context, pages, historyPageName(id, pageRequest(page, ["integer"])));
  invariant(found, "every page that is asked for is answered");
  return found;
}

export function versionPages({ database }: Server, names: readonly string[]) {
  return byName<VersionHeadRow>(names, (pages) => findVersionPages(database, pages));
}

export function publicationPages({ database }: Server, names: readonly string[]) {
  return byName<EndedPublicationRow>(names, (pages) => findPublicationPages(database, pages));
}

export function scheduledPublicationPages({ database }: Server, names: readonly string[]) {
  return byName<ScheduledPublicationRow>(names, (pages) => findScheduledPublicationPages(database, pages));
}

export function previewPages({ database }: Server, names: readonly string[]) {
  return byName<PreviewRow>(names, (pages) => findPreviewPages(database, pages));
}

async function byName<Row>(
  names: readonly string[],
  find: (pages: readonly HistoryPage[]) => Promise<readonly Page<Row>[]>,
): Promise<ReadonlyMap<string, Page<Row>>> {
  const pages = await find(names.map(historyPageOf));
  return new Map(names.flatMap((name, index) => (pages[index] ? [[name, pages[index]] as const] : [])));
}
