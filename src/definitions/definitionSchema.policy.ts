import { DEFINITION_FORMAT, DEFINITION_SCHEMA_VERSION, SECTIONS, type Section } from "./definition.policy";
import { ENVIRONMENTS_PER_APP_MAX } from "../apps/environment.decider";
import { CONFIGS_PER_APP_MAX } from "../configs/config.decider";
import { conditionSchema } from "../evaluation/conditionSchema";
import { FLAGS_PER_APP_MAX } from "../flags/flagRules.policy";
import { GOALS_PER_APP_MAX } from "../goals/goal.decider";
import { KEY_TYPES } from "../keys/key.events";
import { KEYS_PER_APP_MAX } from "../keys/key.decider";
import type { JsonObject } from "../lib/json";
import { SEGMENTS_PER_APP_MAX } from "../segments/segment.decider";

/** Of ids and seeds that a definition brings along. */
export const HANDLE_LENGTH_MAX = 200;

/** How many things each list of a definition has at the most: as many as an app. */
export const SECTION_ITEMS_MAX: Readonly<Record<Section, number>> = {
  environments: ENVIRONMENTS_PER_APP_MAX,
  keys: KEYS_PER_APP_MAX,
  segments: SEGMENTS_PER_APP_MAX,
  goals: GOALS_PER_APP_MAX,
  configs: CONFIGS_PER_APP_MAX,
  flags: FLAGS_PER_APP_MAX,
};

/**
 * The JSON Schema of definitions, for editors and other languages. It says what a schema can say; lengths, sizes, names
 * that must be unique and everything that parts say of each other are left to the import.
 */
export function definitionSchema(): JsonObject {
  const conditions = conditionSchema();
  const lists = SECTIONS.map((section) => {
    const items = { $ref: `#/definitions/${section}` };
    return [section, { type: "array", maxItems: SECTION_ITEMS_MAX[section], items }] as const;
  });
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Definition of an app",
    description: "What exportApp gives and importApp takes. See definitions.md.",
    ...object({ ...HEAD, ...Object.fromEntries(lists) }),
    definitions: {
      ...thingSchemas({ condition: ref("condition"), elementCondition: ref("elementCondition") }),
      ...(conditions["definitions"] as JsonObject),
    },
  };
}

/** What stands before the lists. */
export const HEAD: JsonObject = {
  format: { const: DEFINITION_FORMAT },
  schemaVersion: { const: DEFINITION_SCHEMA_VERSION },
  app: object({
    name: { type: "string" },
    settings: object(
      {
        mutuallyExclusiveExperiments: { type: "boolean" },
        timeZone: { type: "string" },
        retentionDays: { type: "integer" },
      },
      ["mutuallyExclusiveExperiments"],
    ),
  }),
};

/** One thing of each list. Conditions can be left to whoever can say better what is wrong with one. */
export function thingSchemas({
  condition,
  elementCondition,
}: Readonly<{ condition: JsonObject; elementCondition: JsonObject }>): Readonly<Record<Section, JsonObject>> {
  return {
    environments: object({ name: text, description: text }),
    keys: object({
      name: text,
      type: { enum: KEY_TYPES },
      description: text,
      defaultValue: {},
      valueSchema: { type: ["object", "null"] },
      isVisibleToClients: { type: "boolean" },
      ...labels,
    }),
    segments: object({ ...named, condition, ...labels }),
    goals: object({
      ...named,
      events: list(object({ name: text, where: orNull(elementCondition) })),
      valueProperty: textOrNull,
      ...labels,
    }),
    configs: object({
      ...named,
      keys: list(text),
      rules: list(rule({ values: list(object({ key: text, value: {} })) })),
      ...labels,
    }),
    flags: object({ ...named, key: text, rules: list(rule({ value: { type: "boolean" } })), ...labels }),
  };
}

const ref = (name: string): JsonObject => ({ $ref: `#/definitions/${name}` });
const list = (items: JsonObject): JsonObject => ({ type: "array", items });
const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [{ type: "null" }, schema] });

const text: JsonObject = { type: "string" };
const textOrNull: JsonObject = { type: ["string", "null"] };
const handle: JsonObject = { type: "string", minLength: 1, maxLength: HANDLE_LENGTH_MAX };
const named: JsonObject = { id: handle, name: text, description: text };
const labels: JsonObject = { tags: list(text), owner: textOrNull, removeBy: textOrNull };

/** Who adds a rule by hand leaves out its id and seed. */
function rule(given: JsonObject): JsonObject {
  const members: JsonObject = {
    segmentId: { anyOf: [{ type: "null" }, handle] },
    percentage: { type: "number" },
    bucketBy: textOrNull,
    bucketByFallback: textOrNull,
    ...given,
  };
  return object({ id: handle, seed: handle, ...members }, Object.keys(members));
}

/** Everything is named, and by default everything is there: what is left out could mean many things. */
function object(properties: JsonObject, required: readonly string[] = Object.keys(properties)): JsonObject {
  return { type: "object", properties, required, additionalProperties: false };
}
