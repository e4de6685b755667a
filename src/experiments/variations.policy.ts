import type { Variation } from "./experiment.events";
import { BUCKETS, includedBuckets, isPercentage } from "../evaluation/bucketing";
import type { Keys } from "../keys/key.state";
import { checkValue } from "../keys/value.policy";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

export const VARIATIONS_MIN = 2;
export const VARIATIONS_MAX = 8;
export const VARIATION_NAME_LENGTH_MAX = 60;
/** Of one variation. */
export const VALUES_PER_VARIATION_MAX = 100;

/** Everything wrong with the form of variations. */
export function variationsRefusals(variations: readonly Variation[]): readonly Refusal[] {
  if (variations.length < VARIATIONS_MIN || variations.length > VARIATIONS_MAX) {
    const message = `An experiment has ${VARIATIONS_MIN} to ${VARIATIONS_MAX} variations, the first of which is the control; this one has ${variations.length}.`;
    const code = variations.length < VARIATIONS_MIN ? "INVALID" : "LIMIT_REACHED";
    return [{ code, message, path: ["variations"] }];
  }
  return [
    ...variations.flatMap((variation, index) => variationRefusals(variation, index, variations)),
    ...sumRefusals(variations),
  ];
}

/** The variations as their keys' types store what they give; what does not fit is left as it is, for the check to say so. */
export function storedVariations(variations: readonly Variation[], keys: Keys): readonly Variation[] {
  return variations.map(({ name, weight, values }) => ({
    name: name.trim(),
    weight,
    values: values.map(({ key, value }) => {
      const known = keys.get(key);
      const checked = known ? checkValue(known, value) : { value };
      return { key, value: "value" in checked ? checked.value : value };
    }),
  }));
}

/** Every value that does not fit its key, and every key that is not there or was put away. */
export function valuesRefusals(variations: readonly Variation[], keys: Keys): readonly Refusal[] {
  return variations.flatMap(({ name, values }, index) =>
    values.flatMap(({ key: keyName, value }, position): readonly Refusal[] => {
      const path = ["variations", String(index), "values", String(position)];
      const key = keys.get(keyName);
      if (!key) {
        const message = `There is no key "${keyName.slice(0, 120)}" in this app; check its name, or create it first.`;
        return [{ code: "NOT_FOUND", message, path: [...path, "key"] }];
      }
      if (key.isArchived) {
        const message = `Key "${keyName}" is archived; restore it first.`;
        return [{ code: "ARCHIVED", message, path: [...path, "key"] }];
      }
      const checked = checkValue(key, value);
      return "message" in checked
        ? invalid([...path, "value"], `Variation "${name}": the value of "${keyName}" ${checked.message}.`)
        : [];
    }),
  );
}

function variationRefusals(
  { name, weight, values }: Variation,
  index: number,
  variations: readonly Variation[],
): readonly Refusal[] {
  const path = ["variations", String(index)];
  const bounds = { lengthMin: 1, lengthMax: VARIATION_NAME_LENGTH_MAX };
  const nameFault = checkText("A variation's name", name, bounds);
  const isDoubled = variations.findIndex((other) => other.name === name) < index;
  return [
    ...(nameFault === null ? [] : invalid([...path, "name"], nameFault)),
    ...(isDoubled
      ? invalid([...path, "name"], "Two variations have this name; give each one of its own.")
      : []),
    ...(isPercentage(weight)
      ? []
      : invalid([...path, "weight"], "A weight is a percentage from 0 to 100 with at most two decimals.")),
    ...countRefusals(values.length, index, [...path, "values"]),
    ...values.flatMap(({ key }, position) =>
      values.findIndex((other) => other.key === key) === position
        ? []
        : invalid(
            [...path, "values", String(position), "key"],
            `"${key.slice(0, 120)}" stands here twice; name each key once.`,
          ),
    ),
  ];
}

function countRefusals(count: number, index: number, path: readonly string[]): readonly Refusal[] {
  // Without values the control is what users get without the experiment.
  if (count === 0 && index > 0) {
    return invalid(path, "Every variation but the control gives at least one key a value.");
  }
  if (count <= VALUES_PER_VARIATION_MAX) return [];
  const message = `A variation gives values to at most ${VALUES_PER_VARIATION_MAX} keys; this one to ${count}.`;
  return [{ code: "LIMIT_REACHED", message, path }];
}

/** Weights are compared as buckets, so that no rounding comes in. */
function sumRefusals(variations: readonly Variation[]): readonly Refusal[] {
  if (!variations.every(({ weight }) => isPercentage(weight))) return [];
  const sum = variations.reduce((total, { weight }) => total + includedBuckets(weight), 0);
  if (sum === BUCKETS) return [];
  const message = `The weights of all variations add up to 100; these come to ${sum / 100}.`;
  return invalid(["variations"], message);
}

function invalid(path: readonly string[], message: string): readonly Refusal[] {
  return [{ code: "INVALID", message, path }];
}
