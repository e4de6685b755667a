import type { AppSettings } from "../apps/app.events";
import type { ConfigRule } from "../configs/config.events";
import type { FlagRule } from "../flags/flag.events";
import type { GoalContent } from "../goals/goal.events";
import type { KeyContent, KeyType } from "../keys/key.events";
import type { Labels } from "../labels/labels.policy";
import type { Rule } from "../releases/rule.events";
import type { SegmentContent } from "../segments/segment.events";

export const DEFINITION_FORMAT = "product-experiences/app";
export const DEFINITION_SCHEMA_VERSION = 1;

/**
 * Everything that people defined in an app, as one document that is made for version control: lists in order, no time,
 * nobody's id, nothing that is derived. Ids in it are handles by which its parts name each other: where the app has a
 * thing with that id it is that one, else the unarchived thing of that name, else a new one.
 */
export type Definition = Readonly<{
  format: typeof DEFINITION_FORMAT;
  schemaVersion: typeof DEFINITION_SCHEMA_VERSION;
  app: AppDefinition;
  environments: readonly EnvironmentDefinition[];
  keys: readonly KeyDefinition[];
  segments: readonly SegmentDefinition[];
  goals: readonly GoalDefinition[];
  configs: readonly ConfigDefinition[];
  flags: readonly FlagDefinition[];
}>;

/** Settings that came later may be left out, and stay as they are. */
export type AppDefinition = Readonly<{
  name: string;
  settings: Pick<AppSettings, "mutuallyExclusiveExperiments"> & Partial<AppSettings>;
}>;
export type EnvironmentDefinition = Readonly<{ name: string; description: string }>;
export type KeyDefinition = Readonly<{ name: string; type: KeyType }> & KeyContent & Labels;
export type SegmentDefinition = Readonly<{ id: string }> & SegmentContent & Labels;
export type GoalDefinition = Readonly<{ id: string }> & GoalContent & Labels;
export type ConfigDefinition = ReleaseDefinition &
  Readonly<{ keys: readonly string[]; rules: readonly RuleDefinition<ConfigRule>[] }>;
export type FlagDefinition = ReleaseDefinition &
  Readonly<{ key: string; rules: readonly RuleDefinition<FlagRule>[] }>;

type ReleaseDefinition = Readonly<{ id: string; name: string; description: string }> & Labels;

/** An export gives every rule its id and seed. Who adds a rule by hand leaves them out. */
export type RuleDefinition<AnyRule extends Rule> = Omit<AnyRule, "id" | "seed"> &
  Readonly<{ id?: string; seed?: string }>;

/** The lists of a definition, in the order in which their things may name each other. */
export const SECTIONS = ["environments", "keys", "segments", "goals", "configs", "flags"] as const;
export type Section = (typeof SECTIONS)[number];

/** What is in a list of a definition, by GraphQL type name. */
export const KIND_IN = {
  environments: "Environment",
  keys: "Key",
  segments: "Segment",
  goals: "Goal",
  configs: "Config",
  flags: "Flag",
} as const satisfies Record<Section, string>;
