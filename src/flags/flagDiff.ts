import { HIDDEN, items, members, type MembersRule } from "../lib/diffRule";

/** How a version's content is compared. Seeds never change while a rule lives, and say nothing to people. */
export const FLAG_CONTENT_DIFF: MembersRule = members({
  rules: items("id", members({ seed: HIDDEN }), { isPriority: true }),
});
