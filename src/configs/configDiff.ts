import { HIDDEN, items, members, SET, type MembersRule } from "../lib/diffRule";

/** How a version's content is compared. Seeds never change while a rule lives, and say nothing to people. */
export const CONFIG_CONTENT_DIFF: MembersRule = members({
  keys: SET,
  rules: items("id", members({ seed: HIDDEN, values: items("key", members({}), { value: "value" }) }), {
    isPriority: true,
  }),
});
