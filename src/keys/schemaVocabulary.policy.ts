import type { Ajv2020, Options } from "ajv/dist/2020";
import { patternBudget, type PatternBudget } from "./patternBudget.policy";
import { canonicalJson } from "../lib/canonicalJson";
import type { Json } from "../lib/json";

/** What of Ajv is replaced for one schema, so that no schema and value together can be slow. */
export type SchemaVocabulary = Readonly<{
  budget: PatternBudget;
  options: Options;
  /** Replaces keywords that compare each with each by ones that look up. */
  extend(ajv: Ajv2020): void;
}>;

export function schemaVocabulary(): SchemaVocabulary {
  const budget = patternBudget();
  // Ajv names the engine in code that it writes for standalone use only, which is not done here.
  const regExp = Object.assign((source: string) => budget.pattern(source), { code: "patternOf" });
  return {
    budget,
    options: { code: { regExp } },
    extend(ajv) {
      ajv.removeKeyword("enum");
      ajv.addKeyword({
        keyword: "enum",
        schemaType: "array",
        compile: memberCheck,
        error: {
          message: "must be one of the allowed values",
        },
      });
      ajv.removeKeyword("uniqueItems");
      ajv.addKeyword({
        keyword: "uniqueItems",
        type: "array",
        schemaType: "boolean",
        compile: (isUnique: boolean) => (items: readonly Json[]) => !isUnique || hasDistinctItems(items),
        error: { message: "must not hold the same item twice" },
      });
    },
  };
}

function memberCheck(allowed: readonly Json[]): (value: Json) => boolean {
  const texts = new Set(allowed.map(canonicalJson));
  return (value) => texts.has(canonicalJson(value));
}

function hasDistinctItems(items: readonly Json[]): boolean {
  return new Set(items.map(canonicalJson)).size === items.length;
}
