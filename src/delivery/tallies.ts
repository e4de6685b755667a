import { outcomeOf, type Delivered, type Outcome } from "./outcome.policy";
import { addMark, markOf, newSketch, type Sketch } from "./sketch";
import type { Ruleset } from "../evaluation/compile";
import type { Answer } from "../evaluation/model";

/** How many different values of a key that are made for each user are counted apart, in an hour; the rest are others. */
export const MADE_VALUES_MAX = 100;
export const HOUR_MS = 3_600_000;

/** Answers of the ruleset that a user was given at an instant. In memory, so that nobody waits for it. */
export type Count = (ruleset: Ruleset, answers: readonly Answer[], userId: string, nowMs: number) => void;

/** What was delivered since it was last taken. */
export type Tallies = Readonly<{
  count: Count;
  /** All that was counted, which is forgotten here. */
  take: () => readonly Delivered[];
}>;

/** Mutable, since nothing may be made where answers are counted. */
type Cell = { readonly outcome: Outcome; readonly reached: Sketch; count: number };
type SketchOf = (outcome: Outcome, hourMs: number) => Sketch;
type Tally = Readonly<{
  hourMs: number;
  /** Of answers that the ruleset has prepared, which are the same objects each time. */
  prepared: Map<Answer, Cell>;
  /** Of answers that are made for each user, by what they count as. */
  made: Map<string, Cell>;
}>;

/** Counts in memory: where all answers are prepared, at a look-up for each. Who is reached goes to sketches that are asked for. */
export function createTallies(sketchOf: SketchOf = () => newSketch()): Tallies {
  // By the answers that are prepared, which rulesets share while only their revision differs.
  let open = new Map<Ruleset["plans"], Tally>();
  let closed: Tally[] = [];
  const isAdmitted = newAdmission();

  function tallyOf(ruleset: Ruleset, nowMs: number): Tally {
    const known = open.get(ruleset.plans);
    if (known !== undefined && nowMs >= known.hourMs && nowMs < known.hourMs + HOUR_MS) return known;
    if (known !== undefined) closed.push(known);
    const tally: Tally = { hourMs: nowMs - (nowMs % HOUR_MS), prepared: new Map(), made: new Map() };
    open.set(ruleset.plans, tally);
    return tally;
  }

  function countFirst(ruleset: Ruleset, tally: Tally, answer: Answer, mark: number): void {
    const plan = ruleset.planOf.get(answer.key);
    // Of a name that no key has, there is nothing to count.
    if (plan === undefined) return;
    const outcome = outcomeOf(ruleset, answer);
    if (plan.finish === null) return void tally.prepared.set(answer, firstCell(outcome, tally, mark));
    const counted = isAdmitted(tally.hourMs, outcome) ? outcome : { ...outcome, value: null };
    const name = JSON.stringify(counted);
    const cell = tally.made.get(name);
    if (cell === undefined) tally.made.set(name, firstCell(counted, tally, mark));
    else countOne(cell, mark);
  }

  function firstCell(outcome: Outcome, { hourMs }: Tally, mark: number): Cell {
    const cell = { outcome, reached: sketchOf(outcome, hourMs), count: 0 };
    countOne(cell, mark);
    return cell;
  }

  return {
    count(ruleset, answers, userId, nowMs) {
      const tally = tallyOf(ruleset, nowMs);
      const mark = markOf(userId);
      for (let index = 0; index < answers.length; index += 1) {
        const answer = answers[index] as Answer;
        const cell = tally.prepared.get(answer);
        if (cell === undefined) countFirst(ruleset, tally, answer, mark);
        else countOne(cell, mark);
      }
    },
    take() {
      const tallies = [...closed, ...open.values()];
      open = new Map();
      closed = [];
      return tallies.flatMap(({ hourMs, prepared, made }) =>
        [...prepared.values(), ...made.values()].map(({ outcome, count }) => ({ outcome, hourMs, count })),
      );
    },
  };
}

function countOne(cell: Cell, mark: number): void {
  cell.count += 1;
  addMark(cell.reached, mark);
}

/** Which values that are made for users are counted apart: of each key the first ones of the hour. */
function newAdmission(): (hourMs: number, outcome: Outcome) => boolean {
  let ofHourMs = 0;
  let valuesOf = new Map<string, Set<string | null>>();
  return (hourMs, { app, environment, key, value }) => {
    if (hourMs !== ofHourMs) [ofHourMs, valuesOf] = [hourMs, new Map()];
    const name = JSON.stringify([app, environment, key]);
    const values = valuesOf.get(name) ?? new Set();
    valuesOf.set(name, values);
    if (values.size < MADE_VALUES_MAX) values.add(value);
    return values.has(value);
  };
}
