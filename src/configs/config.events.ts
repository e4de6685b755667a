import type { Named, ReleaseEvent } from "../releases/release.events";
import type { Json } from "../lib/json";

export type ConfigRule = Readonly<{
  /** Lives on through edits, export, import and copy; so does the seed. */
  id: string;
  seed: string;
  /** Null: everyone. */
  segmentId: string | null;
  /** 0–100 with at most two decimals; 100 for all whom the segment matches. */
  percentage: number;
  /** The property whose value is bucketed; null for the user's id. */
  bucketBy: string | null;
  /** The property that stands in where `bucketBy` is missing, or null. */
  bucketByFallback: string | null;
  /** A key of the config that has no value here is left to the next matching rule. */
  values: readonly ConfigValue[];
}>;

export type ConfigValue = Readonly<{ key: string; value: Json }>;

/** What a version of a config holds. Rules stand in priority order. */
export type ConfigContent = Readonly<{ keys: readonly string[]; rules: readonly ConfigRule[] }>;

/** ConfigCreated, ConfigEdited, ConfigPublished … Names and shapes are the stored format: change them only by adding. */
export type ConfigEvent = Named<"Config", ReleaseEvent<ConfigContent>>;
