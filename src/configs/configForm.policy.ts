import type { ConfigContent, ConfigRule } from "./config.events";
import type { Refusal } from "../lib/refusal";
import { contentSizeRefusals, ruleCountRefusals, ruleFormRefusals } from "../releases/ruleForm.policy";

export const KEYS_PER_CONFIG_MAX = 100;

/** Everything wrong with a content that can be said without knowing the app. */
export function formRefusals(content: ConfigContent): readonly Refusal[] {
  const tooMany = countRefusals(content);
  if (tooMany.length > 0) return tooMany;
  const keys = new Set(content.keys);
  return [
    ...doubledRefusals(content.keys, ["keys"]),
    ...content.rules.flatMap((rule, index) => ruleRefusals(rule, ["rules", String(index)], keys)),
    ...contentSizeRefusals(content),
  ];
}

function countRefusals({ keys, rules }: ConfigContent): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (keys.length === 0) {
    refusals.push(invalid(["keys"], "A config has at least one key; name the keys that its rules set."));
  }
  if (keys.length > KEYS_PER_CONFIG_MAX) {
    const message = `A config has at most ${KEYS_PER_CONFIG_MAX} keys; this one has ${keys.length}. Split it.`;
    refusals.push({ code: "LIMIT_REACHED", message, path: ["keys"] });
  }
  return [...refusals, ...ruleCountRefusals("config", rules)];
}

function ruleRefusals(
  rule: ConfigRule,
  path: readonly string[],
  keys: ReadonlySet<string>,
): readonly Refusal[] {
  return [...ruleFormRefusals(rule, path), ...valuesRefusals(rule, [...path, "values"], keys)];
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

function invalid(path: readonly string[], message: string): Refusal {
  return { code: "INVALID", message, path };
}
