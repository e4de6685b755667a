import type { AppState } from "./app.state";
import { releasesOf } from "./uses.policy";
import type { Reference, Refusal } from "../lib/refusal";
import { versionEntry, versionsInUse } from "../releases/release.state";

/** Which other release has each of these keys in use: a key is in one of them only. `releaseId` is null for a new one. */
export function holdersOf(
  names: ReadonlySet<string>,
  releaseId: string | null,
  state: AppState,
): ReadonlyMap<string, Reference> {
  const holders = new Map<string, Reference>();
  for (const { kind, release } of releasesOf(state)) {
    if (release.id === releaseId) continue;
    for (const version of versionsInUse(release)) {
      for (const name of versionEntry(release, version).references.keys) {
        if (names.has(name)) holders.set(name, { kind, id: release.id, name: release.name });
      }
    }
  }
  return holders;
}

/** Every reason why a release cannot have a key: it is not there, was put away, or belongs to another one. */
export function keyRefusals(
  name: string,
  path: readonly string[],
  holders: ReadonlyMap<string, Reference>,
  { keys }: AppState,
): readonly Refusal[] {
  const key = keys.get(name);
  if (!key) {
    const message = `There is no key "${name.slice(0, 120)}" in this app; check its name, or create it first.`;
    return [{ code: "NOT_FOUND", message, path }];
  }
  const refusals: Refusal[] = [];
  if (key.isArchived) {
    refusals.push({ code: "ARCHIVED", message: `Key "${name}" is archived; restore it first.`, path });
  }
  const holder = holders.get(name);
  if (holder) {
    const message =
      `Key "${name}" belongs to the ${holder.kind.toLowerCase()} "${holder.name}"; a key is in one config or flag only. ` +
      `Take it out of that one, in the versions that are active or scheduled too, or archive that one.`;
    refusals.push({ code: "IN_USE", message, path, usedBy: [holder] });
  }
  return refusals;
}
