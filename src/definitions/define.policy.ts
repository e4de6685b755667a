import {
  DEFINITION_FORMAT,
  DEFINITION_SCHEMA_VERSION,
  type AppDefinition,
  type ConfigDefinition,
  type Definition,
  type EnvironmentDefinition,
  type FlagDefinition,
  type GoalDefinition,
  type KeyDefinition,
  type SegmentDefinition,
} from "./definition.policy";
import { settingsIn } from "../apps/app.events";
import type { AppState } from "../apps/app.state";
import type { Environment } from "../apps/environment.state";
import type { ConfigContent, ConfigRule } from "../configs/config.events";
import type { FlagContent, FlagRule } from "../flags/flag.events";
import { contentIn, type Goal } from "../goals/goal.state";
import type { Key } from "../keys/key.state";
import { labelsIn } from "../labels/labels.policy";
import type { ContentReference } from "../lib/decider";
import { versionEntry, type Release } from "../releases/release.state";
import type { Rule } from "../releases/rule.events";
import type { Segment } from "../segments/segment.state";

/** The data of the event at a revision. */
export type ContentAt = (reference: ContentReference) => unknown;

/** Where the contents stand that the definition of an app is made of. */
export function definitionNeeds({ configs, flags }: AppState): readonly ContentReference[] {
  return [...configs.values(), ...flags.values()].filter(isOpen).map(latestOf);
}

/** What an app is now, as a definition: what is archived is not in it. */
export function definitionOf(state: AppState, contentAt: ContentAt): Definition {
  return {
    format: DEFINITION_FORMAT,
    schemaVersion: DEFINITION_SCHEMA_VERSION,
    app: defineApp(state),
    environments: openOnes(state.environments).map(defineEnvironment),
    keys: openOnes(state.keys).map(defineKey),
    segments: openOnes(state.segments).map(defineSegment),
    goals: openOnes(state.goals).map(defineGoal),
    configs: openOnes(state.configs).map((config) => defineConfig(config, contentAt)),
    flags: openOnes(state.flags).map((flag) => defineFlag(flag, contentAt)),
  };
}

export function defineApp({ name, settings }: AppState): AppDefinition {
  return { name, settings: settingsIn(settings) };
}

export function defineEnvironment({ name, description }: Environment): EnvironmentDefinition {
  return { name, description };
}

export function defineKey(key: Key): KeyDefinition {
  const { name, type, description, defaultValue, valueSchema, isVisibleToClients } = key;
  return {
    name,
    type,
    description,
    defaultValue,
    valueSchema,
    isVisibleToClients,
    ...labelsIn(key.labels),
  };
}

export function defineSegment({ id, name, description, condition, labels }: Segment): SegmentDefinition {
  return { id, name, description, condition, ...labelsIn(labels) };
}

export function defineGoal(goal: Goal): GoalDefinition {
  return { id: goal.id, ...contentIn(goal), ...labelsIn(goal.labels) };
}

export function defineConfig(config: Release, contentAt: ContentAt): ConfigDefinition {
  const { keys, rules } = latestContent(config, contentAt) as ConfigContent;
  return {
    ...texts(config),
    keys: [...keys].sort(),
    rules: rules.map(configRule),
    ...labelsIn(config.labels),
  };
}

export function defineFlag(flag: Release, contentAt: ContentAt): FlagDefinition {
  const { key, rules } = latestContent(flag, contentAt) as FlagContent;
  return { ...texts(flag), key, rules: rules.map(flagRule), ...labelsIn(flag.labels) };
}

/** Where the content of the latest version stands. */
export function latestOf(release: Release): ContentReference {
  return { revision: versionEntry(release, release.versions.length).revision };
}

function latestContent(release: Release, contentAt: ContentAt): ConfigContent | FlagContent {
  // At a version's revision stands the event that saved it.
  return (contentAt(latestOf(release)) as { content: ConfigContent | FlagContent }).content;
}

const texts = ({ id, name, description }: Release) => ({ id, name, description });

function configRule(rule: ConfigRule): ConfigRule {
  const values = [...rule.values].sort((a, b) => (a.key < b.key ? -1 : 1));
  return { ...anyRule(rule), values: values.map(({ key, value }) => ({ key, value })) };
}

function flagRule(rule: FlagRule): FlagRule {
  return { ...anyRule(rule), value: rule.value };
}

function anyRule({ id, seed, segmentId, percentage, bucketBy, bucketByFallback }: Rule): Rule {
  return { id, seed, segmentId, percentage, bucketBy, bucketByFallback };
}

const isOpen = ({ isArchived }: { isArchived: boolean }): boolean => !isArchived;

/** By name, in the order of code units: the same on every machine. */
function openOnes<Thing extends { name: string; isArchived: boolean }>(
  things: ReadonlyMap<string, Thing>,
): readonly Thing[] {
  return [...things.values()].filter(isOpen).sort((a, b) => (a.name < b.name ? -1 : 1));
}
