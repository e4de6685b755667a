import type { ConditionFault } from "./conditionFault";
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

export function faultList(): FaultList {
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
        add(
          "",
          `A segment has at most ${CONDITIONS_MAX} conditions. Split it into segments, joined by $segment.`,
        );
      }
    },
    mayCompilePattern(pointer) {
      patterns += 1;
      if (patterns === PATTERNS_MAX + 1) {
        add(pointer, `A segment has at most ${PATTERNS_MAX} patterns. Join some with "|".`);
      }
      return mayCompile && patterns <= PATTERNS_MAX;
    },
    stopCompilingPatterns() {
      mayCompile = false;
    },
  };
}
