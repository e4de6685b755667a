import { isJsonObject, type Json, type JsonObject } from "../../lib/json";
import { invariant } from "../../lib/invariant";
import { segmentIdsOf } from "../condition";
import { isOperatorObject } from "../operators";

/** A condition of one entry, and no operator beside another: what a larger one is the conjunction of. */
export type Conjunct = Readonly<{ name: string; operand: Json }>;

/** By what they say, so that those which say the same are one. */
export type Conjuncts = ReadonlyMap<string, Conjunct>;

/**
 * Takes the conditions of segments apart, each once: into what must all hold. A segment that another one requires is taken
 * apart with it.
 */
export function conjunctsOfSegments(conditionOf: (id: string) => JsonObject): (id: string) => Conjuncts {
  const known = new Map<string, Conjuncts>();
  const ofSegment = (id: string): Conjuncts => {
    const found = known.get(id);
    if (found) return found;
    const conjuncts = new Map<string, Conjunct>();
    collect(conditionOf(id), conjuncts, ofSegment);
    known.set(id, conjuncts);
    return conjuncts;
  };
  return ofSegment;
}

function collect(condition: Json, into: Map<string, Conjunct>, ofSegment: (id: string) => Conjuncts): void {
  invariant(isJsonObject(condition), "a stored condition is not an object");
  for (const [name, operand] of Object.entries(condition)) {
    const required = name === "$segment" ? segmentIdsOf(operand) : [];
    const [only] = required;
    if (name === "$and" && Array.isArray(operand)) {
      for (const nested of operand) collect(nested, into, ofSegment);
    } else if (only !== undefined && required.length === 1) {
      for (const [key, conjunct] of ofSegment(only)) into.set(key, conjunct);
    } else {
      for (const conjunct of entryConjuncts(name, operand)) {
        into.set(JSON.stringify([conjunct.name, conjunct.operand]), conjunct);
      }
    }
  }
}

function entryConjuncts(name: string, operand: Json): readonly Conjunct[] {
  const isAboutProperty = !name.startsWith("$");
  if (!isAboutProperty || !isJsonObject(operand) || !isOperatorObject(operand)) return [{ name, operand }];
  return Object.entries(operand).map(([operator, each]) => ({ name, operand: { [operator]: each } }));
}
