import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020";
import { schemaVocabulary } from "./schemaVocabulary.policy";
import { PatternsTooCostly, type PatternBudget } from "./patternBudget.policy";
import { schemaSize } from "./schemaSize.policy";
import { isJsonObject, type Json, type JsonObject } from "../lib/json";
import type { JsonFault } from "../lib/jsonBounds";

/** `check` says why a value does not fit, or null. */
export type CompiledSchema = Readonly<{ check(value: Json): string | null }> | Readonly<{ fault: JsonFault }>;

/**
 * Schemas of the key's schema times the parts of a value. It is what a check can come to at the most, and takes about
 * half a second where the engine does not optimize what Ajv wrote, because it is large.
 */
export const CHECK_STEPS_MAX = 500_000;

/** Compiles a schema that has no fault of form. */
export function compileSchema(schema: Json): CompiledSchema {
  if (!isJsonObject(schema)) return { fault: { pointer: [], message: "A JSON Schema is an object." } };
  const fault = metaSchemaFault(schema);
  if (fault) return { fault };
  try {
    const { budget, validate } = compiled(schema);
    const size = Number(schemaSize(schema));
    return {
      check: (value) =>
        size * partsOf(value) > CHECK_STEPS_MAX ? TOO_COSTLY : checked(validate, budget, value),
    };
  } catch (error) {
    // Strict mode throws for what has no effect or cannot work, as `then` without `if` or an unknown $ref.
    if (!(error instanceof Error)) throw error;
    return { fault: { pointer: [], message: `The schema cannot work: ${error.message}.` } };
  }
}

const TOO_COSTLY =
  "it has too many members and items for so large a schema; make the value smaller or the schema simpler";

/** The value itself, and every member and item in it. */
function partsOf(value: Json): number {
  if (typeof value !== "object" || value === null) return 1;
  return (Object.values(value) as Json[]).reduce<number>((parts, member) => parts + partsOf(member), 1);
}

// One for each schema, because an instance keeps what it compiled for ever. They share the meta-schema's.
function compiled({ $schema: _dialect, ...schema }: JsonObject) {
  const { budget, options, extend } = schemaVocabulary();
  const ajv = new Ajv2020({ ...OPTIONS, ...options, meta: false, validateSchema: false });
  extend(ajv);
  return { budget, validate: ajv.compile(schema) };
}

const OPTIONS = {
  strict: true,
  // People leave `type` out where the key's type says it, and list `required` beside `$ref`ed properties.
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  // Names like `constructor` are in every object, but not as its own.
  ownProperties: true,
  // 0.07 is a multiple of 0.01, whatever binary fractions say.
  multipleOfPrecision: 10,
  logger: false,
  // Errors then carry the schema that they come from.
  verbose: true,
} as const;

const metaSchema = new Ajv2020({ ...OPTIONS, strict: false });

function metaSchemaFault({ $schema: _dialect, ...schema }: JsonObject): JsonFault | null {
  if (metaSchema.validateSchema(schema) === true) return null;
  const error = metaSchema.errors?.[0];
  if (!error) return { pointer: [], message: "This is not a JSON Schema." };
  return {
    pointer: error.instancePath.split("/").slice(1).map(unescaped),
    message: `This ${inWords(error)}.`,
  };
}

function checked(validate: ValidateFunction, budget: PatternBudget, value: Json): string | null {
  budget.renew();
  try {
    if (validate(value)) return null;
  } catch (error) {
    if (error instanceof PatternsTooCostly) return error.message;
    throw error;
  }
  const error = validate.errors?.[0];
  if (!error) return "it is not valid";
  return error.instancePath === ""
    ? `it ${inWords(error)}`
    : `${error.instancePath.slice(1)} ${inWords(error)}`;
}

/** Ajv's words, with what they leave out. */
export function inWords({ keyword, message = "is not valid", params, schema }: ErrorObject): string {
  const named: unknown =
    params["additionalProperty"] ?? params["unevaluatedProperty"] ?? params["propertyName"];
  if (keyword === "additionalProperties" || keyword === "unevaluatedProperties") {
    return `must not have the member "${String(named).slice(0, 100)}"`;
  }
  if (typeof named === "string") return `${message} (it has "${named.slice(0, 100)}")`;
  if (keyword === "const") return `must be ${JSON.stringify(schema).slice(0, 500)}`;
  if (keyword !== "enum") return message;
  return `${message}: ${JSON.stringify(schema).slice(0, 500)}`;
}

const unescaped = (member: string): string => member.replaceAll("~1", "/").replaceAll("~0", "~");
