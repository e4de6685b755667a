import { items, members, type MembersRule } from "../lib/diffRule";

/** How experiments are compared; `others` is for what they have in common with other things. */
export function experimentDiff(others: MembersRule["members"]): MembersRule {
  return members({
    ...others,
    // Who is first counts: it is the control, or the primary goal.
    variations: items("name", members({ values: items("key", members({}), { value: "value" }) }), {
      isPriority: true,
    }),
    goals: items("goalId", members({}), { isPriority: true }),
  });
}
