import { behavioursOf, type BehaviourSource, type Behaviours } from "./behaviours";
import type { Test } from "./conditionTest";
import { NOTHING_PERFORMED } from "./performed";
import { performedContextOf, performedTest, type PerformedContext } from "./performedTest";
import { recommended, type RecommendationSpec } from "./recommendation";
import type { Subject } from "./subject";
import { holds } from "./summary";
import { invariant } from "../lib/invariant";
import type { Json } from "../lib/json";

/** What the user of a run did: as summed up, or else by what was performed. */
export interface BehaviourScope {
  readonly behaviours: Behaviours;
  /** Whether the user did that, by the operand of a `$performed`. */
  performed(operand: Json): Test;
  /** What the user is recommended. */
  recommended(spec: RecommendationSpec): readonly Json[];
}

export function newBehaviourScope(subject: Subject, source: BehaviourSource): BehaviourScope {
  const behaviours = behavioursOf(source);
  const numbers = new Map<RecommendationSpec, number>();

  function numberOf(spec: RecommendationSpec): number {
    const known = numbers.get(spec);
    if (known !== undefined) return known;
    const number = behaviours.recommendationNumberOf(spec);
    invariant(number !== undefined, "somebody gets a recommendation that is not in the ruleset");
    numbers.set(spec, number);
    return number;
  }

  return {
    behaviours,
    performed(operand) {
      const didIt = performedTest(operand, performedContext({ subject, behaviours }));
      const number = behaviours.numberOf(operand);
      // Only what no value depends on has no number, and whoever asks for that brings what the user did.
      if (number === undefined) return didIt;
      return () => {
        const { summary } = subject.user();
        return summary === undefined ? didIt() : holds(summary, number);
      };
    },
    recommended(spec) {
      const { summary, performances = NOTHING_PERFORMED } = subject.user();
      if (summary === undefined) return recommended(spec, performances, subject.clock);
      return summary.recommended[numberOf(spec)] ?? spec.fallback;
    },
  };
}

/** What a `$performed` about the user of the run needs. */
export const performedContext = ({
  subject,
  behaviours,
}: Readonly<{ subject: Subject; behaviours: Behaviours }>): PerformedContext =>
  performedContextOf(
    subject.clock,
    behaviours.timeZone,
    () => subject.user().performances ?? NOTHING_PERFORMED,
  );
