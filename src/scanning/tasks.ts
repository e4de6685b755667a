import { countMembers } from "../sizes/countMembers";

/** What a scanner can do, by name. */
export const TASKS = { countMembers } as const;
export type TaskName = keyof typeof TASKS;
