import type { FlagContent, FlagRule } from "./flag.events";
import type { Refusal } from "../lib/refusal";
import {
  completedRule,
  identifiedRules,
  type IdentityRules,
  type RuleDraft,
} from "../releases/ruleDraft.policy";
import { ruleCountRefusals, ruleFormRefusals } from "../releases/ruleForm.policy";

/** What a client sends of a flag's content; what is left out stays as the latest version has it. */
export type FlagDraft = Readonly<{
  key?: string | undefined;
  rules?: readonly FlagRuleDraft[] | undefined;
}>;

export type FlagRuleDraft = RuleDraft &
  Readonly<{
    /** Absent or null: true. */
    value?: boolean | null | undefined;
  }>;

/** The content that a draft makes, as it is stored, and everything wrong with its form. */
export function contentOfDraft(
  draft: FlagDraft,
  latest: FlagContent | null,
  newId: IdentityRules<FlagRule>["newId"],
): Readonly<{ content: FlagContent; reasons: readonly Refusal[] }> {
  const known = latest?.rules ?? [];
  const { rules, reasons } = draft.rules
    ? identifiedRules(
        draft.rules.map((rule) => ({ ...completedRule(rule), value: rule.value ?? true })),
        { known, newId, givesSame: (a, b) => a.value === b.value },
      )
    : { rules: known, reasons: [] };
  const content = { key: draft.key ?? latest?.key ?? "", rules };
  return { content, reasons: [...reasons, ...formRefusals(content)] };
}

/** Everything wrong with a content that can be said without knowing the app. */
function formRefusals({ rules }: FlagContent): readonly Refusal[] {
  const tooMany = ruleCountRefusals("flag", rules);
  if (tooMany.length > 0) return tooMany;
  return rules.flatMap((rule, index) => ruleFormRefusals(rule, ["rules", String(index)]));
}
