import type { Behaviours } from "./behaviours";
import type { Clock } from "./clock";
import type { Performances } from "./performed";
import { performedContextOf, performedTest } from "./performedTest";
import { NOTHING_PERFORMED } from "./performed";
import { recommended } from "./recommendation";
import { BITS_OF_WORD, type DatedSummary } from "./summary";
import { jsonEquals, type Json } from "../lib/json";

/**
 * How many instants are looked at, for each condition, that change nothing. What comes after them is not looked at: the summary then
 * ends earlier than it had to, and is made again.
 */
export const IDLE_TURNS_MAX = 8;

/** Makes summaries of what users did. Prepared once for a ruleset, as its conditions are. */
export function summariser(
  behaviours: Behaviours,
): (performances: Performances, nowMs: number) => DatedSummary {
  const run = { nowMs: 0, turnMs: Infinity, performances: NOTHING_PERFORMED };
  const clock: Clock = {
    now: () => run.nowMs,
    turnsAt(atMs) {
      if (atMs < run.turnMs) run.turnMs = atMs;
    },
  };
  const context = performedContextOf(clock, behaviours.timeZone, () => run.performances);
  const conditions = behaviours.conditions.map((operand) => performedTest(operand, context));
  const recommendations = behaviours.recommendations.map(
    (spec) => (): readonly Json[] => recommended(spec, run.performances, clock),
  );

  /** What is found at an instant; afterwards `run.turnMs` is the first one that may change it. */
  function at<Found>(ask: () => Found, atMs: number): Found {
    run.nowMs = atMs;
    run.turnMs = Infinity;
    return ask();
  }

  /** What is found, and when time alone makes it something else; after `endMs` nobody asks for that. */
  function lasting<Found extends Json>(ask: () => Found, nowMs: number, endMs: number) {
    const found = at(ask, nowMs);
    let untilMs = run.turnMs;
    for (let turn = 0; turn < IDLE_TURNS_MAX && untilMs < endMs; turn += 1) {
      if (!jsonEquals(at(ask, untilMs), found)) break;
      untilMs = run.turnMs;
    }
    return { found, untilMs: Math.min(untilMs, endMs) };
  }

  return (performances, nowMs) => {
    run.performances = performances;
    let endMs = Infinity;
    const found = <Found extends Json>(ask: () => Found): Found => {
      const { found: value, untilMs } = lasting(ask, nowMs, endMs);
      endMs = untilMs;
      return value;
    };
    const truths = new Array<number>(Math.ceil(conditions.length / BITS_OF_WORD)).fill(0);
    conditions.forEach((ask, number) => {
      if (found(ask)) truths[number >>> 5] = (truths[number >>> 5] ?? 0) | (1 << (number & 31));
    });
    const lists = recommendations.map(found);
    run.performances = NOTHING_PERFORMED;
    return { truths, recommended: lists, fromMs: nowMs, untilMs: endMs };
  };
}
