import type { Answer } from "../evaluation/model";
import { remembering } from "../lib/remembering";

/** An answer as JSON: once for each, since most are shared by many evaluations, and writing them takes longer than finding them. */
export const answerText = remembering(
  ({ key, value, reason, errorCode, source, version, rule }: Answer): string =>
    JSON.stringify({ key, value, reason, errorCode, source, version, rule }),
);

/** A list of answers as JSON. */
export const answersText = (answers: readonly Answer[]): string => `[${answers.map(answerText).join(",")}]`;
