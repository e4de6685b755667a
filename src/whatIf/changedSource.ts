import type { AppState } from "../apps/app.state";
import { publicationOf } from "../delivery/rulesetSource";
import type { PublicationSource, RulesetSource } from "../evaluation/model";
import { versionEntry } from "../releases/release.state";

/** A version that would be published. */
export type VersionChange = Readonly<{ kind: "Config" | "Flag"; id: string; version: number }>;

/** Why a change cannot be looked at, in words. */
export type ChangeFault = Readonly<{ index: number; field: string; message: string }>;

/** What of an environment's ruleset would be another one. */
export type Changed = Readonly<{ after: RulesetSource; keys: readonly string[] }>;

/** A source as it would be with these versions published, and the keys whose values may be others then. */
export async function changedSource(
  before: RulesetSource,
  state: AppState,
  changes: readonly VersionChange[],
  contentAt: (revision: number) => Promise<unknown>,
): Promise<Changed | ChangeFault> {
  let after = before;
  const keys = new Set<string>();
  for (const [index, { kind, id, version }] of changes.entries()) {
    const field = kind === "Config" ? "configId" : "flagId";
    const release = (kind === "Config" ? state.configs : state.flags).get(id);
    if (!release)
      return { index, field, message: `There is no ${kind.toLowerCase()} "${id}"; check its id.` };
    if (release.isArchived)
      return { index, field, message: `${kind} "${id}" is archived; restore it first.` };
    if (version < 1 || version > release.versions.length) {
      const message = `"${id}" has no version ${version}; it has ${release.versions.length}.`;
      return { index, field: "version", message };
    }
    const contentRevision = versionEntry(release, version).revision;
    const published = await publicationOf({ kind, id, version, contentRevision }, contentAt);
    const previous = before.publications.find((each) => each.id === id);
    for (const key of [...published.keys, ...(previous?.keys ?? [])]) keys.add(key);
    // Of a disabled flag, everybody has the default whatever is published.
    if (before.disabledFlags.some((flag) => flag.id === id)) continue;
    after = { ...after, publications: [...after.publications.filter((each) => each.id !== id), published] };
    const message = faultOf(published, after);
    if (message !== null) return { index, field: "version", message };
  }
  return { after, keys: [...keys].sort() };
}

/** What keeps a version from being published, as far as an evaluation could not do without it. */
function faultOf(
  { id, version, keys, rules }: PublicationSource,
  { keys: known, segments, publications }: RulesetSource,
): string | null {
  const key = keys.find((name) => !known.some((each) => each.name === name));
  if (key !== undefined) return `Version ${version} gives values to key "${key}", which is archived.`;
  const other = publications.find((each) => each.id !== id && each.keys.some((name) => keys.includes(name)));
  if (other) return `Version ${version} gives values to a key of "${other.id}", which is published.`;
  const ids = rules.flatMap(({ segmentId }) => (segmentId === null ? [] : [segmentId]));
  const segment = ids.find((name) => !segments.some((each) => each.id === name));
  return segment === undefined ? null : `Version ${version} is for segment "${segment}", which is archived.`;
}
