import type { Named, ReleaseEvent } from "../releases/release.events";
import type { Rule } from "../releases/rule.events";
import type { Json } from "../lib/json";

/** A key of the config that has no value here is left to the next matching rule. */
export type ConfigRule = Rule & Readonly<{ values: readonly ConfigValue[] }>;

export type ConfigValue = Readonly<{ key: string; value: Json }>;

/** What a version of a config holds. Rules stand in priority order. */
export type ConfigContent = Readonly<{ keys: readonly string[]; rules: readonly ConfigRule[] }>;

/** ConfigCreated, ConfigEdited, ConfigPublished … Names and shapes are the stored format: change them only by adding. */
export type ConfigEvent = Named<"Config", ReleaseEvent<ConfigContent>>;
