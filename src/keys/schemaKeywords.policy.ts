/** The dialect of JSON Schema that keys' schemas are written in. */
export const SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** What stands under a keyword, for walking through a schema. */
export type KeywordKind =
  "schema" | "schemas" | "schemasByName" | "pattern" | "reference" | "dialect" | "plain";

// Not among them, on purpose: $id, $anchor and $dynamicRef, for a schema refers to nothing but its own $defs, and
// `format`, which the dialect leaves without effect and people expect to be checked.
const WORDS: Readonly<Record<KeywordKind, string>> = {
  schema:
    "items contains additionalProperties propertyNames not if then else unevaluatedItems unevaluatedProperties contentSchema",
  schemas: "allOf anyOf oneOf prefixItems",
  schemasByName: "properties patternProperties dependentSchemas $defs",
  pattern: "pattern",
  reference: "$ref",
  dialect: "$schema",
  plain:
    "type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength maxItems minItems " +
    "uniqueItems maxContains minContains maxProperties minProperties required dependentRequired contentEncoding " +
    "contentMediaType title description default deprecated readOnly writeOnly examples $comment",
};

/** Every keyword that a key's schema may use. */
export const KEYWORDS: ReadonlyMap<string, KeywordKind> = new Map(
  (Object.entries(WORDS) as [KeywordKind, string][]).flatMap(([kind, words]) =>
    words.split(" ").map((word): [string, KeywordKind] => [word, kind]),
  ),
);
