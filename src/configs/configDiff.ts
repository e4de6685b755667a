import type { ConfigContent } from "./config.events";
import type { JsonObject } from "../lib/json";
import { diff, type Difference } from "../releases/diff";

/** What is different between two versions of a config: `rules/<id>/percentage`, `rules/<id>/values/<key>`. */
export function diffConfigs(before: ConfigContent, after: ConfigContent): readonly Difference[] {
  return diff(shown(before), shown(after), {
    rules: { id: "id", isPriority: true },
    values: { id: "key", value: "value" },
  });
}

/** Seeds never change while a rule lives, and say nothing to people. */
function shown({ keys, rules }: ConfigContent): JsonObject {
  return { keys, rules: rules.map(({ seed: _seed, ...rule }) => rule) };
}
