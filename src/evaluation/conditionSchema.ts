import type { Json, JsonObject } from "../lib/json";
import * as limits from "./conditionLimits";
import { VALUE_TYPES } from "./operators";
import { DAYS_OF_WEEK, ENDS, MEASURES, SEQUELS, SPAN_MEMBERS } from "./performed";
import { TIME_SPAN_UNITS } from "./timeSpan";

/**
 * The JSON Schema of conditions, for editors and other languages. It says what a schema can say; depth, the number of
 * conditions and bytes, patterns and the calendar are left to the check.
 */
export function conditionSchema(): JsonObject {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Condition",
    description: "Whom a segment holds. All entries must hold; {} holds everyone. See conditions.md.",
    $ref: "#/definitions/condition",
    definitions: {
      condition: {
        ...conditionOf("condition", { ...userOperators, ...behaviourOperators }),
        description: "Entries about the user.",
      },
      elementCondition: {
        ...conditionOf("elementCondition", {}),
        description: "Entries about a list's element, or about an event of a goal.",
      },
      propertyTest: { anyOf: [ref("literal"), ref("operators")] },
      operators: {
        type: "object",
        minProperties: 1,
        additionalProperties: false,
        properties: valueOperators,
      },
      literal: {
        anyOf: [
          { type: ["null", "boolean", "number", "string"] },
          { type: "array", items: ref("literal") },
          { type: "object", propertyNames: { pattern: "^(?!\\$)" }, additionalProperties: ref("literal") },
        ],
      },
      literals: { type: "array", maxItems: limits.OPERAND_LIST_MAX, items: ref("literal") },
      tests: { type: "array", maxItems: limits.OPERAND_LIST_MAX, items: ref("propertyTest") },
      comparable: { type: ["number", "string"] },
      pattern: { type: "string", maxLength: limits.PATTERN_LENGTH_MAX, description: "In RE2's syntax." },
      version: { type: "string", maxLength: limits.VERSION_LENGTH_MAX, pattern: "^v?[0-9]" },
      instant: { anyOf: [{ type: "integer" }, { type: "string", pattern: ZONED_INSTANT }] },
      segmentIds: {
        anyOf: [
          segmentId,
          { type: "array", minItems: 1, maxItems: limits.SEGMENT_IDS_MAX, items: segmentId },
        ],
      },
      percentage: { type: "number", minimum: 0, maximum: 100 },
      performed,
    },
  };
}

const ref = (name: string): JsonObject => ({ $ref: `#/definitions/${name}` });

const PATH = "^[^$.][^.]*(\\.[^.]+)*$";
const ZONED_INSTANT = "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d:\\d\\d)$";
const segmentId: JsonObject = { type: "string", minLength: 1 };

function conditionOf(name: string, operators: JsonObject): JsonObject {
  const conditions = { type: "array", items: ref(name) };
  return {
    type: "object",
    properties: { $and: conditions, $or: conditions, $nor: conditions, $not: ref(name), ...operators },
    patternProperties: { [PATH]: ref("propertyTest") },
    additionalProperties: false,
  };
}

const object = (properties: JsonObject, required: readonly string[]): JsonObject => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const userOperators: JsonObject = {
  $segment: ref("segmentIds"),
  $notSegment: ref("segmentIds"),
  $userIn: {
    anyOf: [
      {
        type: "array",
        maxItems: limits.USER_LIST_IDS_MAX,
        items: { type: "string", minLength: 1, maxLength: limits.USER_ID_LENGTH_MAX },
      },
      object(
        {
          list: { type: "string", pattern: "^[!-~]{1,128}$" },
          count: { type: "integer", minimum: 0, maximum: limits.USER_LIST_IDS_MAX },
        },
        ["list", "count"],
      ),
    ],
  },
  $percent: {
    anyOf: [
      ref("percentage"),
      {
        ...object(
          {
            percentage: ref("percentage"),
            seed: { type: "string", minLength: 1, maxLength: limits.SEED_LENGTH_MAX },
            bucketBy: { type: "string", minLength: 1 },
            fallback: { type: "string", minLength: 1 },
          },
          ["percentage"],
        ),
        dependencies: { fallback: ["bucketBy"] },
      },
    ],
  },
};

const same = (names: readonly string[], schema: Json): JsonObject =>
  Object.fromEntries(names.map((name) => [name, schema]));

const spans: JsonObject = Object.fromEntries(
  SPAN_MEMBERS.map(({ name, most }) => [name, { type: "integer", minimum: 1, maximum: most }]),
);
const spanNames = SPAN_MEMBERS.map(({ name }) => name);
const othersThan = (name: string): JsonObject =>
  same(
    spanNames.filter((other) => other !== name),
    false,
  );
/** One of them at the most. */
const oneSpan: JsonObject = { anyOf: spanNames.map((name) => ({ properties: othersThan(name) })) };
const eventName: JsonObject = { type: "string", minLength: 1, maxLength: limits.EVENT_NAME_LENGTH_MAX };
const instants: JsonObject = { from: ref("instant"), until: ref("instant") };
const comparison = (bound: JsonObject): JsonObject =>
  same(["$eq", "$ne", "$lt", "$lte", "$gt", "$gte"], bound);
const wholeNumber: JsonObject = { type: "integer", minimum: 0 };
const measure: JsonObject = {
  ...object({ property: { type: "string", pattern: PATH }, ...comparison({ type: "number" }) }, ["property"]),
  minProperties: 2,
};
const end: JsonObject = { ...object({ ...instants, ...spans }, []), minProperties: 1, ...oneSpan };
const sequel: JsonObject = {
  ...object({ event: eventName, where: ref("elementCondition"), ...spans }, ["event"]),
  oneOf: spanNames.map((name) => ({ properties: { [name]: true, ...othersThan(name) }, required: [name] })),
};

const TIME = "^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$";
const timeOfDay = (pattern: string): JsonObject => ({ type: "string", pattern });

const performed: JsonObject = {
  ...object(
    {
      ...{ event: eventName, where: ref("elementCondition"), ...instants, ...spans },
      timeOfDay: object({ from: timeOfDay("^([01]\\d|2[0-3]):[0-5]\\d$"), until: timeOfDay(TIME) }, [
        "from",
        "until",
      ]),
      daysOfWeek: { type: "array", items: { enum: DAYS_OF_WEEK }, minItems: 1, uniqueItems: true },
      count: { anyOf: [wholeNumber, { ...object(comparison(wholeNumber), []), minProperties: 1 }] },
      orNever: { type: "boolean" },
      ...same(MEASURES, measure),
      ...same(ENDS, end),
      ...same(SEQUELS, sequel),
    },
    ["event"],
  ),
  dependencies: {
    orNever: { properties: { count: true, ...same([...MEASURES, ...ENDS], false) }, required: ["count"] },
  },
  ...oneSpan,
};

const behaviourOperators: JsonObject = same(["$performed", "$notPerformed"], ref("performed"));

const valueOperators: JsonObject = {
  ...same(["$eq", "$ne"], ref("literal")),
  ...same(["$lt", "$lte", "$gt", "$gte"], ref("comparable")),
  ...same(["$in", "$nin", "$ini", "$nini"], ref("literals")),
  ...same(["$all", "$alli"], ref("tests")),
  ...same(["$regex", "$regexi"], ref("pattern")),
  $exists: { type: "boolean" },
  $type: { enum: VALUE_TYPES },
  $size: { anyOf: [{ type: "integer", minimum: 0 }, ref("operators")] },
  $elemMatch: { anyOf: [ref("operators"), ref("elementCondition")] },
  $not: {
    anyOf: [
      { type: ["null", "boolean", "number", "string"] },
      { type: "array", items: ref("literal") },
      ref("operators"),
    ],
  },
  ...same(["$veq", "$vne", "$vgt", "$vgte", "$vlt", "$vlte"], ref("version")),
  ...same(["$before", "$after"], ref("instant")),
  $withinLast: {
    oneOf: TIME_SPAN_UNITS.map(({ name, most }) =>
      object({ [name]: { type: "integer", minimum: 1, maximum: most } }, [name]),
    ),
  },
  $near: object(
    {
      latitude: { type: "number", minimum: -90, maximum: 90 },
      longitude: { type: "number", minimum: -180, maximum: 180 },
      radiusKm: { type: "number", exclusiveMinimum: 0, maximum: limits.RADIUS_KM_MAX },
    },
    ["latitude", "longitude", "radiusKm"],
  ),
};
