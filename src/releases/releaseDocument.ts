import { findVersions, type VersionPlace } from "./release.queries";
import type { ReleaseRow, ReleaseVersionRow } from "./release.tables";
import { labelsOfRow } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";
import { isJsonObject, type JsonObject } from "../lib/json";
import type { Database } from "../postgres/database";

/**
 * A release as the feed keeps it after each of its events. Versions stand in it by number: their contents never change,
 * stand in their own rows, and would be most of the feed. `completeReleaseDocuments` puts them in.
 */
export function releaseDocument(row: Readonly<ReleaseRow>): JsonObject {
  const { id, name, description, is_archived: isArchived } = row;
  const environments = Object.entries(row.active).map(
    ([environment, { version }]) => [environment, { version }] as const,
  );
  return {
    id,
    name,
    description,
    isArchived,
    ...labelsOfRow(row),
    ...row.subject,
    latestVersion: { number: row.latest_version },
    environments: Object.fromEntries(environments),
    scheduledPublications: Object.entries(row.schedules).map(([scheduleId, schedule]) => ({
      id: scheduleId,
      version: schedule.version,
      environment: schedule.environment,
      startsAt: schedule.startsAt,
      endsAt: schedule.endsAt,
      status: schedule.status,
    })),
    previews: Object.entries(row.previews).map(([previewId, preview]) => ({ id: previewId, ...preview })),
  };
}

/** The same documents, those of releases with the contents of their versions. One query however many there are. */
export async function completeReleaseDocuments(
  database: Database,
  documents: readonly (JsonObject | null)[],
): Promise<readonly (JsonObject | null)[]> {
  const releases = documents.filter((document) => document !== null).filter(isReleaseDocument);
  if (releases.length === 0) return documents;
  const wanted = new Map(
    releases.flatMap((release) => placesIn(release).map((place) => [nameOf(place), place] as const)),
  );
  const versions = await findVersions(database, [...wanted.values()]);
  const byName = new Map(
    versions.map((row) => [nameOf({ releaseId: row.release_id, version: row.version }), row]),
  );
  return documents.map((document) => {
    if (document === null || !isReleaseDocument(document)) return document;
    return complete(document, (version) => {
      const found = byName.get(nameOf({ releaseId: document.id, version }));
      invariant(found, () => `version ${version} of "${document.id}" is kept for ever`);
      return found;
    });
  });
}

type ReleaseDocument = JsonObject &
  Readonly<{
    id: string;
    latestVersion: Readonly<{ number: number }>;
    environments: Readonly<Record<string, Readonly<{ version: number }>>>;
  }>;

/** Whether it is worth parsing: a text without this is of no release. */
export const mayBeReleaseDocument = (text: string): boolean => text.includes(`"latestVersion":{`);

/** Nothing but a release has versions and environments. */
function isReleaseDocument(document: JsonObject): document is ReleaseDocument {
  return isJsonObject(document["latestVersion"] ?? null) && isJsonObject(document["environments"] ?? null);
}

function placesIn({ id: releaseId, latestVersion, environments }: ReleaseDocument): VersionPlace[] {
  const active = Object.values(environments).map(({ version }) => version);
  return [latestVersion.number, ...active].map((version) => ({ releaseId, version }));
}

function complete(document: ReleaseDocument, find: (version: number) => ReleaseVersionRow): JsonObject {
  const { latestVersion, environments } = document;
  const latest = find(latestVersion.number);
  const active = Object.entries(environments).map(
    ([environment, { version }]) => [environment, { version, ...find(version).content }] as const,
  );
  return {
    ...document,
    latestVersion: { number: latestVersion.number, ...latest.content, note: latest.note },
    environments: Object.fromEntries(active),
  };
}

const nameOf = ({ releaseId, version }: VersionPlace): string => `${version} ${releaseId}`;
