import { GraphQLError, type DocumentNode } from "graphql";
import type { Measure } from "./measure";

/** Of selections inside each other; introspection has a bound of its own in graphql-js. */
export const DEPTH_MAX = 12;
export const ALIASES_MAX = 50;
export const ROOT_FIELDS_MAX = 20;
/** Of fields, each fragment's counted wherever it is spread. Validation compares fields pairwise, so they must be few. */
export const FIELDS_MAX = 1_000;
/** Of fields that the answer may have, where every page is full. */
export const COST_MAX = 20_000;
/** Of words, names and signs in a document. */
export const TOKENS_MAX = 20_000;
/** Of brackets inside each other, strings' included: the parser recurses. */
export const NESTING_MAX = 200;
export const DEFINITIONS_MAX = 50;

/** Refuses what the parser could not take. Must come before parsing. */
export function nestingFault(source: string): GraphQLError | null {
  let depth = 0;
  for (let index = 0; index < source.length; index += 1) {
    const unit = source.charCodeAt(index);
    if (unit === BRACE_OPEN || unit === BRACKET_OPEN || unit === PARENTHESIS_OPEN) {
      depth += 1;
      if (depth > NESTING_MAX) return exceeded(`nests more than ${NESTING_MAX} brackets; make it flatter`);
    } else if (unit === BRACE_CLOSE || unit === BRACKET_CLOSE || unit === PARENTHESIS_CLOSE) {
      depth -= 1;
    }
  }
  return null;
}

const [BRACE_OPEN, BRACE_CLOSE, BRACKET_OPEN, BRACKET_CLOSE, PARENTHESIS_OPEN, PARENTHESIS_CLOSE] =
  Array.from("{}[]()", (bracket) => bracket.charCodeAt(0));

/** Refuses documents that would take long to validate. */
export function documentFault({ definitions }: DocumentNode): GraphQLError | null {
  return definitions.length > DEFINITIONS_MAX
    ? exceeded(`has ${definitions.length} operations and fragments; at most ${DEFINITIONS_MAX} are allowed`)
    : null;
}

/** Every limit that an operation exceeds. */
export function operationFaults({ depth, width, aliases, fields, cost }: Measure): GraphQLError[] {
  const faults: (string | null)[] = [
    depth > DEPTH_MAX ? `is ${depth} levels deep; at most ${DEPTH_MAX} are allowed` : null,
    aliases > ALIASES_MAX ? `has ${aliases} aliases; at most ${ALIASES_MAX} are allowed` : null,
    fields > FIELDS_MAX ? `has ${fields} fields; at most ${FIELDS_MAX} are allowed, ask for fewer` : null,
    cost > COST_MAX
      ? `may answer ${cost} fields; at most ${COST_MAX} are allowed, ask for smaller pages`
      : null,
    width > ROOT_FIELDS_MAX
      ? `asks for ${width} things at once; at most ${ROOT_FIELDS_MAX} are allowed`
      : null,
  ];
  return faults.filter((fault) => fault !== null).map(exceeded);
}

function exceeded(what: string): GraphQLError {
  return new GraphQLError(`This document ${what}.`, { extensions: { code: "LIMIT_EXCEEDED" } });
}
