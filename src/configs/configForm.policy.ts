import type { ConfigContent, ConfigRule } from "./config.events";
import { isPercentage } from "../evaluation/bucketing";
import type { Refusal } from "../lib/refusal";
import { checkText, utf8Length } from "../lib/text";

export const KEYS_PER_CONFIG_MAX = 100;
export const RULES_PER_CONFIG_MAX = 100;
/** Of a property's name that a rule buckets by. */
export const BUCKET_BY_LENGTH_MAX = 200;
/** Of one version's content as JSON in UTF-8. */
export const CONFIG_BYTES_MAX = 512 * 1024;

/** Everything wrong with a content that can be said without knowing the app. */
export function formRefusals(content: ConfigContent): readonly Refusal[] {
  const tooMany = countRefusals(content);
  if (tooMany.length > 0) return tooMany;
  const keys = new Set(content.keys);
  return [
    ...doubledRefusals(content.keys, ["keys"]),
    ...content.rules.flatMap((rule, index) => ruleRefusals(rule, ["rules", String(index)], keys)),
    ...sizeRefusals(content),
  ];
}

function countRefusals({ keys, rules }: ConfigContent): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (keys.length === 0) {
    refusals.push(invalid(["keys"], "A config has at least one key; name the keys that its rules set."));
  }
  if (keys.length > KEYS_PER_CONFIG_MAX) refusals.push(tooMany("keys", KEYS_PER_CONFIG_MAX, keys.length));
  if (rules.length > RULES_PER_CONFIG_MAX)
    refusals.push(tooMany("rules", RULES_PER_CONFIG_MAX, rules.length));
  return refusals;
}

function ruleRefusals(
  rule: ConfigRule,
  path: readonly string[],
  keys: ReadonlySet<string>,
): readonly Refusal[] {
  return [
    ...(isPercentage(rule.percentage)
      ? []
      : [invalid([...path, "percentage"], "A percentage is from 0 to 100 with at most two decimals.")]),
    ...propertyRefusals(rule.bucketBy, [...path, "bucketBy"]),
    ...propertyRefusals(rule.bucketByFallback, [...path, "bucketByFallback"]),
    ...(rule.bucketByFallback !== null && rule.bucketBy === null
      ? [invalid([...path, "bucketByFallback"], `It stands in for a missing "bucketBy"; name that too.`)]
      : []),
    ...valuesRefusals(rule, [...path, "values"], keys),
  ];
}

function propertyRefusals(name: string | null, path: readonly string[]): readonly Refusal[] {
  if (name === null) return [];
  const bounds = { lengthMin: 1, lengthMax: BUCKET_BY_LENGTH_MAX };
  const message = checkText("A property's name", name, bounds);
  return message === null ? [] : [invalid(path, message)];
}

function valuesRefusals(
  { values }: ConfigRule,
  path: readonly string[],
  keys: ReadonlySet<string>,
): readonly Refusal[] {
  if (values.length === 0)
    return [invalid(path, "A rule sets at least one key; give it a value, or leave it out.")];
  const names = values.map(({ key }) => key);
  const unknown = values.flatMap(({ key }, index) =>
    keys.has(key)
      ? []
      : [
          invalid(
            [...path, String(index), "key"],
            `"${key.slice(0, 120)}" is not one of the config's keys; add it to them, or take the value away.`,
          ),
        ],
  );
  return [...unknown, ...doubledRefusals(names, path, "key")];
}

function doubledRefusals(
  names: readonly string[],
  path: readonly string[],
  member?: string,
): readonly Refusal[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    const isDoubled = seen.has(name);
    seen.add(name);
    const at = [...path, String(index), ...(member === undefined ? [] : [member])];
    return isDoubled ? [invalid(at, `"${name.slice(0, 120)}" stands here twice; name each key once.`)] : [];
  });
}

function sizeRefusals(content: ConfigContent): readonly Refusal[] {
  const bytes = utf8Length(JSON.stringify(content));
  if (bytes <= CONFIG_BYTES_MAX) return [];
  const message = `A version has at most ${CONFIG_BYTES_MAX} bytes as JSON; this one has ${bytes}. Shorten values, or split the config.`;
  return [{ code: "LIMIT_REACHED", message, path: ["rules"] }];
}

function tooMany(what: "keys" | "rules", most: number, actual: number): Refusal {
  const message = `A config has at most ${most} ${what}; this one has ${actual}. Split it.`;
  return { code: "LIMIT_REACHED", message, path: [what] };
}

function invalid(path: readonly string[], message: string): Refusal {
  return { code: "INVALID", message, path };
}
