import type { AppState } from "./app.state";
import { openEnvironments } from "./environment.state";
import { releasesOf, type KnownRelease } from "./uses.policy";
import type { ConfigCommand } from "../configs/config.decider";
import type { FlagCommand } from "../flags/flag.decider";
import type { Command, ContentReference } from "../lib/decider";
import type { Part } from "../lib/decideAll";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";
import { versionEntry } from "../releases/release.state";

/** Makes active in one environment what is active in another: of several configs and flags, all or none. */
export type PromoteCommand = Command<
  "Promote",
  {
    from: string;
    to: string;
    configIds: readonly string[];
    flagIds: readonly string[];
    note?: string | undefined;
  }
>;

export const PROMOTED_MAX = 100;

type Publish = Extract<ConfigCommand | FlagCommand, { type: `Publish${KnownRelease["kind"]}` }>;
type Data = PromoteCommand["data"];
/** What is promoted, and where its id stands in the input. */
type Named = Readonly<{ id: string; kind: KnownRelease["kind"]; path: readonly string[] }>;

/** The publications that a promotion comes to, and everything wrong with it that these would not say. */
export function promotionParts(
  data: Data,
  state: AppState,
): Readonly<{ parts: readonly Part<Publish>[]; reasons: readonly Refusal[] }> {
  const named = namedIn(data);
  const reasons = [
    ...environmentRefusals(data, state),
    ...countRefusals(named),
    // Said here once, and not for each publication.
    ...noteRefusals(data.note ?? ""),
  ];
  if (reasons.length > 0) return { parts: [], reasons };
  const parts: Part<Publish>[] = [];
  for (const each of named) {
    const version = versionIn(data.from, each, state);
    if (typeof version !== "number") {
      reasons.push({ ...version, path: each.path });
      continue;
    }
    const publication = { id: each.id, version, environment: data.to, note: data.note };
    parts.push({ command: { type: `Publish${each.kind}`, data: publication }, path: each.path });
  }
  return { parts, reasons };
}

/** The contents of the versions that it publishes. */
export function promotionNeeds(data: Data, state: AppState): readonly ContentReference[] {
  return namedIn(data).flatMap(({ id }) => {
    const release = releasesOf(state).find((known) => known.release.id === id)?.release;
    const version = release?.active.get(data.from);
    return release && version !== undefined ? [{ revision: versionEntry(release, version).revision }] : [];
  });
}

function namedIn({ configIds, flagIds }: Data): readonly Named[] {
  return [
    ...configIds.map((id, index) => ({ id, kind: "Config", path: ["configIds", String(index)] }) as const),
    ...flagIds.map((id, index) => ({ id, kind: "Flag", path: ["flagIds", String(index)] }) as const),
  ];
}

function versionIn(from: string, { id, kind }: Named, state: AppState): number | Omit<Refusal, "path"> {
  const noun = kind.toLowerCase();
  const known = releasesOf(state).find((other) => other.kind === kind && other.release.id === id);
  // The id may be anything of any length.
  if (!known) {
    return {
      code: "NOT_FOUND",
      message: `There is no ${noun} "${id.slice(0, 200)}" in this app; check its id.`,
    };
  }
  const version = known.release.active.get(from);
  if (version !== undefined) return version;
  const message = `No version of the ${noun} "${known.release.name}" is active in "${from}"; publish one there first, or leave it out.`;
  return { code: "WRONG_STATE", message };
}

function environmentRefusals({ from, to }: Data, state: AppState): Refusal[] {
  const known = openEnvironments(state);
  const unknown = [
    { name: from, path: ["from"] },
    { name: to, path: ["to"] },
  ].filter(({ name }) => !known.includes(name));
  if (unknown.length > 0) {
    return unknown.map(({ name, path }) => ({
      code: "NOT_FOUND",
      message: `There is no environment "${name.slice(0, 200)}" in this app; it has: ${known.join(", ")}.`,
      path,
    }));
  }
  if (from !== to) return [];
  const message = `What is active in "${from}" is active there already; name two environments.`;
  return [{ code: "INVALID", message, path: ["to"] }];
}

function countRefusals(named: readonly Named[]): readonly Refusal[] {
  if (named.length === 0) {
    return [{ code: "INVALID", message: "Name what to promote, at least one config or flag.", path: [] }];
  }
  if (named.length > PROMOTED_MAX) {
    const message = `At most ${PROMOTED_MAX} configs and flags are promoted at once; these are ${named.length}.`;
    return [{ code: "LIMIT_REACHED", message, path: [] }];
  }
  const seen = new Set<string>();
  return named.flatMap(({ id, path }) => {
    const isDoubled = seen.has(id);
    seen.add(id);
    return isDoubled
      ? [{ code: "INVALID", message: "This stands here twice; name each once.", path } as const]
      : [];
  });
}
