import { compileSchema, type CompiledSchema } from "./compileSchema.policy";
import { schemaFormFaults } from "./schemaForm.policy";
import type { Json } from "../lib/json";
import type { JsonFault } from "../lib/jsonBounds";

/** Compiled schemas kept in memory, over all apps; the one used longest ago goes first. */
export const COMPILED_SCHEMAS_MAX = 500;

/** Everything that keeps a JSON value from being a key's schema; none means that it is one. */
export function checkValueSchema(schema: Json): readonly JsonFault[] {
  const faults = schemaFormFaults(schema);
  if (faults.length > 0) return faults;
  const compiled = compiledOf(schema);
  return "fault" in compiled ? [compiled.fault] : [];
}

/** Why a value does not fit a schema that `checkValueSchema` found sound, or null. */
export function valueSchemaFault(schema: Json, value: Json): string | null {
  const compiled = compiledOf(schema);
  // A stored schema that a later version of this program no longer accepts refuses values; it never lets any through.
  return "fault" in compiled
    ? `the schema itself is not valid: ${compiled.fault.message}`
    : compiled.check(value);
}

// Purely a memo: the same schema text always compiles to the same check.
const compiledByText = new Map<string, CompiledSchema>();

function compiledOf(schema: Json): CompiledSchema {
  const text = JSON.stringify(schema);
  const compiled = compiledByText.get(text) ?? compileSchema(schema);
  // Taken out and put back, it stands at the end: the map's order is the order of use.
  compiledByText.delete(text);
  compiledByText.set(text, compiled);
  if (compiledByText.size > COMPILED_SCHEMAS_MAX) {
    for (const oldest of compiledByText.keys()) {
      compiledByText.delete(oldest);
      break;
    }
  }
  return compiled;
}
