import type { Test } from "./conditionTest";
import type { Answer } from "./model";

/** One plan for each key, in the order of their names. */
export type Plans = Readonly<{ plans: readonly KeyPlan[]; planOf: ReadonlyMap<string, KeyPlan> }>;

/** The answers for one key in the order in which they are tried, and the one that is left. */
export type KeyPlan = Readonly<{ candidates: readonly Candidate[]; defaultAnswer: Answer }>;
export type Candidate = Readonly<{ applies: Test; answer: Answer }>;
