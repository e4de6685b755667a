import { CONDITIONS_MAX, CONDITION_BYTES_MAX, CONDITION_DEPTH_MAX, PATTERNS_MAX } from "./conditionLimits";
import { CONDITION_OPERATORS, PROPERTY_CONDITION_OPERATORS } from "./operators";

/** Whose properties a condition is about: what may stand in it, and what to do where it breaks a bound. */
export type ConditionSubject = Readonly<{
  /** The operators that may stand beside properties. */
  operators: readonly string[];
  example: string;
  /** Says where an operator about the user belongs instead. Null where it belongs. */
  misplaced: string | null;
  tooDeep: string;
  tooLong: string;
  tooMany: string;
  tooManyPatterns: string;
}>;

/** A segment's condition, over one user. */
export const USER: ConditionSubject = {
  operators: CONDITION_OPERATORS,
  example: '{ "device": "iPhone" }',
  misplaced: null,
  tooDeep: `A condition nests at most ${CONDITION_DEPTH_MAX} deep. Put a part of it into a segment of its own.`,
  tooLong: `A condition has at most ${CONDITION_BYTES_MAX} bytes, lists of user ids aside. Split it.`,
  tooMany: `A segment has at most ${CONDITIONS_MAX} conditions. Split it into segments, joined by $segment.`,
  tooManyPatterns: `A segment has at most ${PATTERNS_MAX} patterns. Join some with "|".`,
};

/** The conditions of a goal, each over one event; their bounds hold for all of them together. */
export const EVENT: ConditionSubject = {
  operators: PROPERTY_CONDITION_OPERATORS,
  example: '{ "amount": { "$gt": 10 } }',
  misplaced: "is about the user and not about an event. Ask for the event's own properties.",
  tooDeep: `A condition nests at most ${CONDITION_DEPTH_MAX} deep. Write it with fewer levels.`,
  tooLong: `A goal's conditions have together at most ${CONDITION_BYTES_MAX} bytes. Shorten them.`,
  tooMany: `A goal has at most ${CONDITIONS_MAX} conditions. Leave some out.`,
  tooManyPatterns: `A goal has at most ${PATTERNS_MAX} patterns. Join some with "|".`,
};

/** What a segment asks of an event that was performed; the bounds are the segment's. */
export const PERFORMED_EVENT: ConditionSubject = {
  ...USER,
  operators: PROPERTY_CONDITION_OPERATORS,
  example: EVENT.example,
  misplaced: EVENT.misplaced,
};

/** What stands below `$elemMatch` in a condition of this subject. */
export function elementOf(subject: ConditionSubject): ConditionSubject {
  return { ...subject, operators: PROPERTY_CONDITION_OPERATORS, misplaced: subject.misplaced ?? BESIDE };
}

const BESIDE = "is about the user and not about a list's element. Move it beside the property.";
