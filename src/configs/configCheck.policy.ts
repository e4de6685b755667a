import type { ConfigContent, ConfigRule } from "./config.events";
import type { AppState } from "../apps/app.state";
import { holdersOf, keyRefusals } from "../apps/keyHolders.policy";
import { checkValue } from "../keys/value.policy";
import type { Refusal } from "../lib/refusal";
import { segmentRefusals } from "../releases/ruleSegments.policy";

/**
 * Every reason why this content cannot be in use now: what it names is missing, archived or taken, or a value does
 * not fit its key. `configId` is null for a config that does not exist yet.
 */
export function checkConfig(
  content: ConfigContent,
  configId: string | null,
  state: AppState,
): readonly Refusal[] {
  const holders = holdersOf(new Set(content.keys), configId, state);
  return [
    ...content.keys.flatMap((name, index) => keyRefusals(name, ["keys", String(index)], holders, state)),
    ...content.rules.flatMap((rule, index) => [
      ...segmentRefusals(rule, index, state.segments),
      ...valueRefusals(rule, index, state),
    ]),
  ];
}

function valueRefusals({ values }: ConfigRule, index: number, { keys }: AppState): readonly Refusal[] {
  return values.flatMap(({ key: name, value }, position) => {
    const key = keys.get(name);
    const checked = key ? checkValue(key, value) : { value };
    if (!("message" in checked)) return [];
    const message = `Rule ${index + 1}: the value of "${name}" ${checked.message}.`;
    return [
      { code: "INVALID", message, path: ["rules", String(index), "values", String(position), "value"] },
    ];
  });
}
