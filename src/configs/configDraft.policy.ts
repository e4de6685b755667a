import type { ConfigContent, ConfigRule, ConfigValue } from "./config.events";
import { formRefusals } from "./configForm.policy";
import type { Keys } from "../keys/key.state";
import { checkValue } from "../keys/value.policy";
import { jsonEquals } from "../lib/json";
import type { Refusal } from "../lib/refusal";
import {
  completedRule,
  identifiedRules,
  type IdentityRules,
  type RuleDraft,
  type Unidentified,
} from "../releases/ruleDraft.policy";

/** What a client sends of a config's content; what is left out stays as the latest version has it. */
export type ConfigDraft = Readonly<{
  keys?: readonly string[] | undefined;
  rules?: readonly ConfigRuleDraft[] | undefined;
}>;

export type ConfigRuleDraft = RuleDraft & Readonly<{ values: readonly ConfigValue[] }>;

/** The content that a draft makes, as it is stored, and everything wrong with its form. */
export function contentOfDraft(
  draft: ConfigDraft,
  latest: ConfigContent | null,
  keys: Keys,
  newId: IdentityRules<ConfigRule>["newId"],
): Readonly<{ content: ConfigContent; reasons: readonly Refusal[] }> {
  const known = latest?.rules ?? [];
  const { rules, reasons } = draft.rules
    ? identifiedRules(
        draft.rules.map((rule) => completed(rule, keys)),
        { known, newId, givesSame },
      )
    : { rules: known, reasons: [] };
  const content = { keys: draft.keys ?? latest?.keys ?? [], rules };
  return { content, reasons: [...reasons, ...formRefusals(content)] };
}

function completed(draft: ConfigRuleDraft, keys: Keys): Unidentified<ConfigRule> {
  return { ...completedRule(draft), values: draft.values.map((given) => stored(given, keys)) };
}

/** The value as its key's type stores it; what does not fit is left as it is, for the check to say so. */
function stored({ key: name, value }: ConfigValue, keys: Keys): ConfigValue {
  const key = keys.get(name);
  const checked = key ? checkValue(key, value) : { value };
  return { key: name, value: "value" in checked ? checked.value : value };
}

type Giving = Pick<ConfigRule, "values">;

/** The order of the values means nothing. */
function givesSame({ values: a }: Giving, { values: b }: Giving): boolean {
  if (a.length !== b.length) return false;
  const values = new Map(a.map(({ key, value }) => [key, value]));
  return b.every(({ key, value }) => values.has(key) && jsonEquals(values.get(key), value));
}
