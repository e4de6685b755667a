import { RE2JS, RE2JSException } from "re2js";
import { PATTERN_LENGTH_MAX, PATTERN_PROGRAM_MAX, PATTERN_REPEATS_MAX } from "./conditionLimits";

export type Pattern = Readonly<{ test(text: string): boolean }>;

/** A pattern of a well-formed condition, ready to search with. */
export function compilePattern(source: string, ignoresCase: boolean): Pattern {
  return RE2JS.compile(source, ignoresCase ? RE2JS.CASE_INSENSITIVE : 0);
}

export type PatternFault = Readonly<{ message: string; isTooLarge: boolean }>;

/** What is wrong with a pattern, or null. */
export function patternFault(source: string): PatternFault | null {
  if (source.length > PATTERN_LENGTH_MAX || repeatsIn(source) > PATTERN_REPEATS_MAX) return tooLarge;
  try {
    const isTooLarge = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE).programSize() > PATTERN_PROGRAM_MAX;
    return isTooLarge ? tooLarge : null;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const reason = error.message.replace(/^error parsing regexp: /, "");
    const message = `The pattern is not one of RE2's (${reason}). RE2 has no look-around and no back-references.`;
    return { message, isTooLarge: false };
  }
}

const tooLarge: PatternFault = {
  message:
    `The pattern is too large: at most ${PATTERN_LENGTH_MAX} characters, repeat counts of ${PATTERN_REPEATS_MAX} ` +
    `together and ${PATTERN_PROGRAM_MAX} RE2 instructions. Shorten it.`,
  isTooLarge: true,
};

function repeatsIn(source: string): number {
  let sum = 0;
  for (const [, least = "0", most = ""] of source.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    sum += Math.max(Number(least), Number(most));
  }
  return sum;
}
