import type { ConfigContent } from "./config.events";
import { diff } from "../lib/diff";
import { HIDDEN, items, members, SET, type Difference, type MembersRule } from "../lib/diffRule";

/** How a version's content is compared. Seeds never change while a rule lives, and say nothing to people. */
export const CONFIG_CONTENT_DIFF: MembersRule = members({
  keys: SET,
  rules: items("id", members({ seed: HIDDEN, values: items("key", members({}), { value: "value" }) }), {
    isPriority: true,
  }),
});

/** What is different between two versions of a config: `rules/<id>/percentage`, `rules/<id>/values/<key>`. */
export function diffConfigs(before: ConfigContent, after: ConfigContent): readonly Difference[] {
  return diff(before, after, CONFIG_CONTENT_DIFF);
}
