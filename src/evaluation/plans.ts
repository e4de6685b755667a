import type { Test } from "./conditionTest";
import type { Answer } from "./model";
import type { Share } from "./userScope";

/** One plan for each key, in the order of their names. */
export type Plans = Readonly<{
  plans: readonly KeyPlan[];
  planOf: ReadonlyMap<string, KeyPlan>;
  /** The answers of all plans for the user of the run, found together. */
  answerAll: () => readonly Answer[];
}>;

/** The answers for one key in the order in which they are tried, and the one that is left. */
export type KeyPlan = Readonly<{
  candidates: readonly Candidate[];
  defaultAnswer: Answer;
  /** Makes the answer that a user gets of the one that was chosen; null: it is that one. */
  finish: ((answer: Answer) => Answer) | null;
}>;
export type Candidate = Readonly<{
  /** Whom it is for; null: everybody. */
  segmentId: string | null;
  /** What must hold beside that; null: nothing. Costs more than to look at it only where that decides. */
  also: Test | null;
  /** The same, if it is a percentage and nothing else. */
  share: Share | null;
  /** Both, the segment and what must hold beside it. */
  applies: Test;
  answer: Answer;
}>;

/** What decides whether a rule applies to the user of a run. */
export type RuleTests = Omit<Candidate, "answer">;
