import type { ConfigContent, ConfigRule } from "./config.events";
import type { AppState } from "../apps/app.state";
import { checkValue } from "../keys/value.policy";
import type { Refusal } from "../lib/refusal";
import { versionEntry, versionsInUse, type Release } from "../releases/release.state";

/**
 * Every reason why this content cannot be in use now: what it names is missing, archived or taken, or a value does
 * not fit its key. `configId` is null for a config that does not exist yet.
 */
export function checkConfig(
  content: ConfigContent,
  configId: string | null,
  state: AppState,
): readonly Refusal[] {
  const holders = holdersOf(new Set(content.keys), configId, state);
  return [
    ...content.keys.flatMap((name, index) => keyRefusals(name, ["keys", String(index)], holders, state)),
    ...content.rules.flatMap((rule, index) => [
      ...segmentRefusals(rule, index, state),
      ...valueRefusals(rule, index, state),
    ]),
  ];
}

/** Which other unarchived config has each of these keys in use. */
function holdersOf(
  names: ReadonlySet<string>,
  configId: string | null,
  { configs }: AppState,
): ReadonlyMap<string, Release> {
  const holders = new Map<string, Release>();
  for (const config of configs.values()) {
    if (config.id === configId) continue;
    for (const version of versionsInUse(config)) {
      for (const name of versionEntry(config, version).references.keys) {
        if (names.has(name)) holders.set(name, config);
      }
    }
  }
  return holders;
}

function keyRefusals(
  name: string,
  path: readonly string[],
  holders: ReadonlyMap<string, Release>,
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
      `Key "${name}" belongs to the config "${holder.name}"; a key is in one config only. ` +
      `Take it out of that one, in the versions that are active or scheduled too, or archive that one.`;
    const usedBy = [{ kind: "Config", id: holder.id, name: holder.name }];
    refusals.push({ code: "IN_USE", message, path, usedBy });
  }
  return refusals;
}

function segmentRefusals(
  { segmentId }: ConfigRule,
  index: number,
  { segments }: AppState,
): readonly Refusal[] {
  if (segmentId === null) return [];
  const path = ["rules", String(index), "segmentId"];
  const segment = segments.get(segmentId);
  if (!segment) {
    const message = `Rule ${index + 1}: there is no segment "${segmentId.slice(0, 200)}" in this app; check its id.`;
    return [{ code: "NOT_FOUND", message, path }];
  }
  if (!segment.isArchived) return [];
  const message = `Rule ${index + 1}: segment "${segment.name}" is archived; restore it first, or choose another one.`;
  return [{ code: "ARCHIVED", message, path }];
}

function valueRefusals({ values }: ConfigRule, index: number, { keys }: AppState): readonly Refusal[] {
  return values.flatMap(({ key: name, value }, position) => {
    const key = keys.get(name);
    const checked = key ? checkValue(key, value) : { value };
    if (!("message" in checked)) return [];
    const message = `Rule ${index + 1}: the value of "${name}" ${checked.message}.`;
    return [
      { code: "INVALID", message, path: ["rules", String(index), "values", String(position), "value"] },
    ];
  });
}
