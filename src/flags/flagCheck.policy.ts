import type { FlagContent, FlagRule } from "./flag.events";
import type { AppState } from "../apps/app.state";
import { holdersOf, keyRefusals } from "../apps/keyHolders.policy";
import type { Key } from "../keys/key.state";
import { checkValue } from "../keys/value.policy";
import type { Refusal } from "../lib/refusal";
import { segmentRefusals } from "../releases/ruleSegments.policy";

/**
 * Every reason why this content cannot be in use now: its key is missing, archived, taken or of another type, a segment
 * is missing or archived, or a value does not fit the key's schema. `flagId` is null for a flag that does not exist yet.
 */
export function checkFlag(
  { key: name, rules }: FlagContent,
  flagId: string | null,
  state: AppState,
): readonly Refusal[] {
  const key = state.keys.get(name);
  return [
    ...keyRefusals(name, ["key"], holdersOf(new Set([name]), flagId, state), state),
    ...(key ? typeRefusals(key) : []),
    ...rules.flatMap((rule, index) => [
      ...segmentRefusals(rule, index, state.segments),
      ...(key?.type === "BOOLEAN" ? valueRefusals(key, rule, index) : []),
    ]),
  ];
}

function typeRefusals({ name, type }: Key): readonly Refusal[] {
  if (type === "BOOLEAN") return [];
  const message = `Key "${name}" is of type ${type}, and a flag has a BOOLEAN key; choose another one, or use a config.`;
  return [{ code: "INVALID", message, path: ["key"] }];
}

/** A key's schema may allow one of the two only. */
function valueRefusals(key: Key, { value }: FlagRule, index: number): readonly Refusal[] {
  const checked = checkValue(key, value);
  if (!("message" in checked)) return [];
  const message = `Rule ${index + 1}: the value of "${key.name}" ${checked.message}.`;
  return [{ code: "INVALID", message, path: ["rules", String(index), "value"] }];
}
