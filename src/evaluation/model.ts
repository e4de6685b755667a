import type { Json, JsonObject } from "../lib/json";
import type { Performances } from "./performed";
import type { Summary } from "./summary";

/** Everything that evaluation in one environment of one app depends on, as plain data. `compile` makes a Ruleset of it. */
export type RulesetSource = Readonly<{
  app: string;
  environment: string;
  /** Whose clocks tell at what time of day, and on which day, something was done; absent: UTC's. */
  timeZone?: string;
  /** Revision of the app's stream that this was read at. */
  revision: number;
  /** Unarchived keys. */
  keys: readonly KeySource[];
  /** At least those that a rule or another segment here refers to. */
  segments: readonly SegmentSource[];
  /** What is published here, without flags that are disabled. No key stands in two of them. */
  publications: readonly PublicationSource[];
  /** Flags that are disabled here. Their keys stand in no publication. */
  disabledFlags: readonly DisabledFlagSource[];
  /** Versions that test users get before they are active; at most one of each config and flag. */
  previews: readonly PreviewSource[];
  /** The hash of the list of test users; null if nobody is one, or nothing is previewed. */
  testUsers: string | null;
  /** User lists by the hash that conditions name them with. */
  userLists: ReadonlyMap<string, ReadonlySet<string>>;
}>;

export type KeySource = Readonly<{
  name: string;
  defaultValue: Json;
  isVisibleToClients: boolean;
  /** Whether its values are specifications, of which each user gets what they come to. */
  isRecommendation?: boolean;
}>;
export type SegmentSource = Readonly<{ id: string; name: string; condition: JsonObject }>;

/** A publication or a disabled flag, as answers name it. */
export type Origin = Readonly<{ kind: "Config" | "Flag"; id: string }>;

export type PublicationSource = Readonly<{
  kind: Origin["kind"];
  id: string;
  version: number;
  keys: readonly string[];
  rules: readonly RuleSource[];
}>;

/** `endsAt` in milliseconds: from then on nobody gets it. */
export type PreviewSource = PublicationSource & Readonly<{ endsAt: number }>;

/** A flag that is switched off here, so that its key has the default value whatever is published. */
export type DisabledFlagSource = Readonly<{
  id: string;
  /** The version that is published here and gives nobody a value; null if none is. */
  version: number | null;
  key: string;
  /** What was noted when it was switched off; may be empty. */
  note: string;
}>;

export type RuleSource = Readonly<{
  id: string;
  seed: string;
  segmentId: string | null;
  percentage: number;
  bucketBy: string | null;
  bucketByFallback: string | null;
  values: readonly Readonly<{ key: string; value: Json }>[];
}>;

/** Whom values are asked for. Conditions find the id as property `id`, whatever `properties` says. */
export type User = Readonly<{
  id: string;
  properties: JsonObject;
  /** What the user did, at least of the events that the ruleset asks for; absent: nothing. */
  performances?: Performances;
  /** What that comes to for the ruleset that is asked, in the place of `performances`. */
  summary?: Summary;
}>;

export const REASONS = [
  "DEFAULT",
  "TARGETING_MATCH",
  "SPLIT",
  "EXPERIMENT",
  "ROLLED_OUT",
  "FORCED",
  "HOLDOUT",
  "PREVIEW",
  "DISABLED",
  "ERROR",
] as const;
export type Reason = (typeof REASONS)[number];

/** One key's value for one user, with what it came from. Prepared at compile time: treat as frozen. */
export type Answer = Readonly<{
  key: string;
  value: Json;
  reason: Reason;
  /** With ERROR: what went wrong. */
  errorCode: "KEY_NOT_FOUND" | null;
  source: Origin | null;
  version: number | null;
  rule: Readonly<{ id: string; segmentId: string | null }> | null;
}>;

/** What became of one rule when a value was explained, in the order in which they were tried. */
export type ExplanationStep = Readonly<{
  source: Origin | null;
  version: number | null;
  ruleId: string | null;
  segmentId: string | null;
  outcome: StepOutcome;
  /** In words: `device is "Android", not "iPhone"`. */
  because: string;
}>;

export const STEP_OUTCOMES = [
  "PREVIEW",
  "MATCHED",
  "NOT_MATCHED",
  "OUTSIDE_PERCENTAGE",
  "VALUE_UNSET",
  "DISABLED",
  "DEFAULT",
] as const;
export type StepOutcome = (typeof STEP_OUTCOMES)[number];

export type Explanation = Readonly<{ answer: Answer; steps: readonly ExplanationStep[] }>;
