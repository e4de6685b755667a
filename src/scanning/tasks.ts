import { countMembers } from "../sizes/countMembers";
import { compareRulesets } from "../whatIf/compareRulesets";

/** What a scanner can do, by name. */
export const TASKS = { countMembers, compareRulesets } as const;
export type TaskName = keyof typeof TASKS;
