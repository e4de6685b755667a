import { RE2JS } from "re2js";

/**
 * For one check of one value: characters tested, each as often as its pattern has RE2 instructions. A pattern of 30
 * instructions can so test all of the largest value, and the costliest check takes about a fifth of a second.
 */
export const PATTERN_STEPS_MAX = 2_000_000;

/** What the patterns of one schema may cost together in one check. */
export type PatternBudget = Readonly<{
  /** Starts a new check. */
  renew(): void;
  /** A pattern that pays for every test. */
  pattern(source: string): { test(text: string): boolean };
}>;

/** RE2 is linear, but linear in the product of text and pattern: so that is bounded. */
export function patternBudget(): PatternBudget {
  let stepsLeft = PATTERN_STEPS_MAX;
  const patterns = new Map<string, RE2JS>();
  const compiled = (source: string): RE2JS => {
    const pattern = patterns.get(source) ?? RE2JS.compile(source);
    patterns.set(source, pattern);
    return pattern;
  };
  return {
    renew() {
      stepsLeft = PATTERN_STEPS_MAX;
    },
    pattern(source) {
      const pattern = compiled(source);
      const instructions = pattern.programSize();
      return {
        test(text) {
          stepsLeft -= text.length * instructions;
          if (stepsLeft < 0) throw new PatternsTooCostly();
          return pattern.test(text);
        },
        // Ajv tells patterns apart by this.
        toString: () => source,
      };
    },
  };
}

export class PatternsTooCostly extends Error {
  constructor() {
    super("its text is too long for the schema's patterns; shorten the text, or make the patterns simpler");
    this.name = "PatternsTooCostly";
  }
}
