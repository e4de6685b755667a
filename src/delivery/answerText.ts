import type { Answer } from "../evaluation/model";

/** By answer, since most are shared by many evaluations, and writing them takes longer than finding them. */
const textOf = new WeakMap<Answer, string>();

/** An answer as JSON. */
export function answerText(answer: Answer): string {
  const known = textOf.get(answer);
  if (known !== undefined) return known;
  const { key, value, reason, errorCode, source, version, rule } = answer;
  const text = JSON.stringify({ key, value, reason, errorCode, source, version, rule });
  textOf.set(answer, text);
  return text;
}

/** A list of answers as JSON. */
export const answersText = (answers: readonly Answer[]): string => `[${answers.map(answerText).join(",")}]`;
