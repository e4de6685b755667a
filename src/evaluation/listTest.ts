import type { Json } from "../lib/json";
import { isScalar } from "./membership";
import { foldCase } from "./property";

/**
 * Whether a list contains, for each item of `operand`, an element that passes it. Scalars are found in one walk over
 * the list; for every other item the list is walked again.
 */
export function containsAll(
  operand: Json,
  ignoresCase: boolean,
  testOf: (item: Json) => (element: Json) => boolean,
): (value: Json) => boolean {
  const items: readonly Json[] = Array.isArray(operand) ? operand : [];
  const fold = (value: Json): Json => (ignoresCase ? foldCase(value) : value);
  const containsScalars = allScalars(items.filter(isScalar).map(fold), fold);
  const tests = items.filter((item) => !isScalar(item)).map(testOf);
  return (value) => Array.isArray(value) && containsScalars(value) && tests.every((test) => value.some(test));
}

function allScalars(
  scalars: readonly Json[],
  fold: (value: Json) => Json,
): (value: readonly Json[]) => boolean {
  const places = new Map([...new Set(scalars)].map((scalar, index) => [scalar, index]));
  // Which walk saw each scalar last; so that no walk has to allocate or to clear.
  const seenIn = new Float64Array(places.size);
  let walk = 0;
  return (value) => {
    walk += 1;
    let missing = places.size;
    for (let index = 0; index < value.length && missing > 0; index += 1) {
      const place = places.get(fold(value[index] as Json));
      if (place === undefined || seenIn[place] === walk) continue;
      seenIn[place] = walk;
      missing -= 1;
    }
    return missing === 0;
  };
}
