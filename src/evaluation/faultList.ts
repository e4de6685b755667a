import type { ConditionFault } from "./conditionFault";
import type { ConditionSubject } from "./conditionSubject";
import { CONDITIONS_MAX, FAULTS_MAX, PATTERNS_MAX } from "./conditionLimits";

/** Gathers what one check finds and counts: faults, conditions, patterns. */
export interface FaultList {
  readonly faults: readonly ConditionFault[];
  add(pointer: string, message: string): void;
  countCondition(): void;
  /** False once there are too many patterns, or one was refused for its size: compiling more would cost too much. */
  mayCompilePattern(pointer: string): boolean;
  stopCompilingPatterns(): void;
}

type FaultWords = Pick<ConditionSubject, "tooMany" | "tooManyPatterns">;

export function faultList({ tooMany, tooManyPatterns }: FaultWords): FaultList {
  const faults: ConditionFault[] = [];
  let conditions = 0;
  let patterns = 0;
  let mayCompile = true;
  const add = (pointer: string, message: string): void => {
    if (faults.length < FAULTS_MAX) faults.push({ pointer, message });
  };
  return {
    faults,
    add,
    countCondition() {
      conditions += 1;
      if (conditions === CONDITIONS_MAX + 1) {
        add("", tooMany);
      }
    },
    mayCompilePattern(pointer) {
      patterns += 1;
      if (patterns === PATTERNS_MAX + 1) {
        add(pointer, tooManyPatterns);
      }
      return mayCompile && patterns <= PATTERNS_MAX;
    },
    stopCompilingPatterns() {
      mayCompile = false;
    },
  };
}
