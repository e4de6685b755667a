import { defineApp, defineEnvironment, latestOf } from "./define.policy";
import type { Definition, Section } from "./definition.policy";
import { doubledRefusals, matchesIn, unmatched, type AllMatches } from "./matching.policy";
import { ruleSegmentRefusals, segmentOrder } from "./segmentOrder.policy";
import {
  configParts,
  flagParts,
  goalParts,
  keyParts,
  segmentParts,
  typeRefusals,
  type ImportedCommand,
  type Plan,
} from "./thingParts.policy";
import type { AppState } from "../apps/app.state";
import { changedSettings } from "../apps/settings.policy";
import type { Part } from "../lib/decideAll";
import type { Circumstances, ContentReference } from "../lib/decider";
import { jsonEquals } from "../lib/json";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";
import { schemaEditNeeds } from "../keys/valuesInUse.policy";

/** What makes an app what a definition says. */
export type Import = Readonly<{ definition: Definition; note?: string | undefined }>;

/** The contents that versions have of what is compared, and of what a new schema has to fit. */
export function importNeeds({ definition }: Import, state: AppState): readonly ContentReference[] {
  const { configs, flags } = matchesIn(definition, state);
  const compared = [...configs, ...flags].flatMap((release) => (release ? [latestOf(release)] : []));
  return [...compared, ...definition.keys.flatMap((key) => schemaEditNeeds(state, key))];
}

/**
 * The ordinary commands that an import comes to, and everything wrong with it that these would not say. What is the same
 * already needs none. They stand in an order in which they pass as far as one is known; the rest is found by trying.
 */
export function importParts(
  { definition, note = "" }: Import,
  state: AppState,
  circumstances: Circumstances,
): Readonly<{ parts: readonly Part<ImportedCommand>[]; reasons: readonly Refusal[] }> {
  const { order, reasons: badOrder } = segmentOrder(definition);
  const reasons = [
    // Said here once, and not for each command.
    ...noteRefusals(note),
    ...doubledRefusals(definition),
    ...typeRefusals(definition, state),
    ...badOrder,
    ...ruleSegmentRefusals(definition),
  ];
  if (reasons.length > 0) return { parts: [], reasons };
  const plan: Plan = { definition, note, state, circumstances, parts: [], idOfHandle: new Map() };
  const matches = matchesIn(definition, state);
  addAppParts(plan);
  // First of all what lets go of keys.
  addArchives(plan, "configs", unmatched(matches.configs, state.configs), "ArchiveConfig");
  addArchives(plan, "flags", unmatched(matches.flags, state.flags), "ArchiveFlag");
  addEnvironmentParts(plan);
  keyParts(plan);
  segmentParts(plan, order, matches.segments);
  goalParts(plan, matches.goals);
  configParts(plan, matches.configs);
  flagParts(plan, matches.flags);
  addLastArchives(plan, matches);
  return { parts: plan.parts, reasons: [] };
}

function addAppParts({ definition: { app: wanted }, state, note, parts }: Plan): void {
  const { name } = defineApp(state);
  const path = ["definition", "app"];
  if (wanted.name !== name)
    parts.push({ command: { type: "EditApp", data: { name: wanted.name, note } }, path });
  if (jsonEquals(changedSettings(state.settings, wanted.settings), state.settings)) return;
  parts.push({
    command: { type: "UpdateAppSettings", data: { ...wanted.settings, note } },
    path: [...path, "settings"],
  });
}

function addEnvironmentParts({ definition, state, note, parts }: Plan): void {
  definition.environments.forEach(({ name, description }, index) => {
    const path = ["definition", "environments", String(index)];
    const data = { name, description, note };
    const environment = state.environments.get(name);
    if (!environment) parts.push({ command: { type: "CreateEnvironment", data }, path });
    if (environment?.isArchived === true) {
      const command = { type: "RestoreEnvironment", data: { name, note } } as const;
      parts.push({ command, path, isExact: true });
    }
    if (environment && defineEnvironment(environment).description !== description) {
      parts.push({ command: { type: "EditEnvironment", data }, path });
    }
  });
}

/** After everything that lets go of them. */
function addLastArchives(plan: Plan, matches: AllMatches): void {
  const { definition, state, note, parts } = plan;
  // Those that contain others come later in the app, more often than not.
  const segments = [...unmatched(matches.segments, state.segments)].reverse();
  addArchives(plan, "segments", segments, "ArchiveSegment");
  addArchives(plan, "goals", unmatched(matches.goals, state.goals), "ArchiveGoal");
  for (const [section, type, known] of [
    ["keys", "ArchiveKey", state.keys],
    ["environments", "ArchiveEnvironment", state.environments],
  ] as const) {
    const kept = new Set(definition[section].map(({ name }) => name));
    for (const { name, isArchived } of known.values()) {
      if (isArchived || kept.has(name)) continue;
      parts.push({ command: { type, data: { name, note } }, path: ["definition", section], isExact: true });
    }
  }
}

type ArchiveById = "ArchiveConfig" | "ArchiveFlag" | "ArchiveSegment" | "ArchiveGoal";

/** What is not in the definition stands nowhere in it, so reasons to keep it point at the list. */
function addArchives(
  { note, parts }: Plan,
  section: Section,
  things: readonly Readonly<{ id: string }>[],
  type: ArchiveById,
): void {
  for (const { id } of things) {
    parts.push({ command: { type, data: { id, note } }, path: ["definition", section], isExact: true });
  }
}
