import { invariant } from "../lib/invariant";
import { isJsonObject, ownProperty, type Json } from "../lib/json";
import { isUserListReference, segmentIdsOf, type Condition } from "./condition";
import { isOperatorObject, isUserOperator, type UserOperator } from "./operators";

/** For whom a condition holds, as far as it can be told from the condition alone; SOME is also what nobody can tell. */
export type Extent = "EVERYBODY" | "NOBODY" | "SOME";

/** Conditions of segments by id. One that is not there may be anything. */
export type SegmentConditions = ReadonlyMap<string, Readonly<{ condition: Condition }>>;

export type Extents = Readonly<{ ofSegment(id: string): Extent; of(condition: Json): Extent }>;

/**
 * Tells what surely holds for everybody or for nobody, whatever users are like. It is never wrong when it says so; it
 * does not find everything, as it looks at one test of a property at a time. Each segment is looked at once.
 */
export function extentsOver(segments: SegmentConditions): Extents {
  const found = new Map<string, Extent>();
  function ofSegment(id: string): Extent {
    const known = found.get(id);
    if (known !== undefined) return known;
    // While it is looked at nobody can tell.
    found.set(id, "SOME");
    const segment = segments.get(id);
    const extent = segment === undefined ? "SOME" : of(segment.condition);
    found.set(id, extent);
    return extent;
  }

  function of(condition: Json): Extent {
    invariant(isJsonObject(condition), "a stored condition is not an object");
    return all(Object.entries(condition).map(([name, operand]) => ofEntry(name, operand)));
  }

  function ofEntry(name: string, operand: Json): Extent {
    if (isUserOperator(name)) return ofUserOperator(name, operand, ofSegment);
    if (name === "$not") return not(of(operand));
    if (!name.startsWith("$")) return ofValueTest(operand);
    const nested = list(operand).map(of);
    if (name === "$and") return all(nested);
    // An empty $or holds, and so an empty $nor does not.
    const isAny = nested.length === 0 ? "EVERYBODY" : any(nested);
    return name === "$or" ? isAny : not(isAny);
  }

  return { ofSegment, of };
}

function ofUserOperator(name: UserOperator, operand: Json, ofSegment: (id: string) => Extent): Extent {
  switch (name) {
    case "$segment":
      return any(segmentIdsOf(operand).map(ofSegment));
    case "$notSegment":
      return not(any(segmentIdsOf(operand).map(ofSegment)));
    case "$userIn": {
      const isEmpty = isUserListReference(operand) ? operand.count === 0 : list(operand).length === 0;
      return isEmpty ? "NOBODY" : "SOME";
    }
    case "$percent": {
      const percentage = isJsonObject(operand) ? ownProperty(operand, "percentage") : operand;
      // All of them are not everybody: some may have nothing to be bucketed by.
      return percentage === 0 ? "NOBODY" : "SOME";
    }
    case "$performed":
    case "$notPerformed":
      return "SOME";
  }
}

/** Of what stands below a property path: every value passes it, none does, or who knows. */
function ofValueTest(test: Json): Extent {
  if (!isJsonObject(test) || !isOperatorObject(test)) return "SOME";
  return all(
    Object.entries(test).map(([name, operand]) => {
      if (name === "$not") return not(ofValueTest(operand));
      if (list(operand).length > 0 || !Array.isArray(operand)) return "SOME";
      if (name === "$in" || name === "$ini") return "NOBODY";
      return name === "$nin" || name === "$nini" ? "EVERYBODY" : "SOME";
    }),
  );
}

function all(extents: readonly Extent[]): Extent {
  if (extents.includes("NOBODY")) return "NOBODY";
  return extents.every((extent) => extent === "EVERYBODY") ? "EVERYBODY" : "SOME";
}

function any(extents: readonly Extent[]): Extent {
  return not(all(extents.map(not)));
}

function not(extent: Extent): Extent {
  if (extent === "SOME") return "SOME";
  return extent === "EVERYBODY" ? "NOBODY" : "EVERYBODY";
}

const list = (operand: Json): readonly Json[] => (Array.isArray(operand) ? operand : []);
