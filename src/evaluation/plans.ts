import type { Test } from "./conditionTest";
import type { Answer } from "./model";

/** One plan for each key, in the order of their names. */
export type Plans = Readonly<{ plans: readonly KeyPlan[]; planOf: ReadonlyMap<string, KeyPlan> }>;

/** The answers for one key in the order in which they are tried, and the one that is left. */
export type KeyPlan = Readonly<{
  candidates: readonly Candidate[];
  defaultAnswer: Answer;
  /** Makes the answer that a user gets of the one that was chosen; null: it is that one. */
  finish: ((answer: Answer) => Answer) | null;
}>;
export type Candidate = Readonly<{ applies: Test; answer: Answer }>;
