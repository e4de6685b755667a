import { WORD_BITS, wordsFor } from "./columns";
import { newShares, type Shares } from "./shares";
import type { Sieve } from "./sieve";
import { sievesFor } from "./sieves";
import type { Test } from "../conditionTest";
import type { Answer, RulesetSource } from "../model";
import type { Candidate, KeyPlan } from "../plans";
import type { UserScope } from "../userScope";

/**
 * Makes what finds the answers of all keys at once for the user of the run, in the order of the plans. Each candidate of each
 * key has a column of bits. The first candidates of all keys stand together in the first plane, the second ones in the next, so
 * the first that applies falls out of all keys of a word together; a percentage is looked at only where it decides.
 */
export function answeringAll(
  plans: readonly KeyPlan[],
  source: Pick<RulesetSource, "segments">,
  scope: UserScope,
): () => readonly Answer[] {
  const defaults = plans.map(({ defaultAnswer }) => defaultAnswer);
  const finishing = plans.flatMap(({ finish }, place) => (finish ? [{ finish, place }] : []));
  const planes = planesOf(plans);
  const sieves = sievesFor(planes.columnsOfSegment, source.segments, scope);
  const alive = new Int32Array(planes.initial.length);
  const undecided = new Int32Array(planes.initial.length);
  return () => {
    alive.set(planes.initial);
    siftAll(sieves, alive);
    const answers = defaults.slice();
    decide(planes, { alive, undecided, answers });
    for (const { finish, place } of finishing) answers[place] = finish(answers[place] as Answer);
    return answers;
  };
}

type Planes = Readonly<{
  /** For each plane the word that it begins with; the last number is the count of words. */
  starts: Int32Array;
  /** A one for each column that is a candidate's. */
  initial: Int32Array;
  columnsOfSegment: ReadonlyMap<string, readonly number[]>;
  /** By column. */
  answers: readonly (Answer | null)[];
  /** By column; null: nothing more. */
  also: readonly (Test | null)[];
  shares: Shares;
  /** By column: of its key in the answers. */
  places: Int32Array;
}>;

function planesOf(plans: readonly KeyPlan[]): Planes {
  // Those with the most candidates come first, so that each plane has a beginning of the keys.
  const keys = plans
    .map(({ candidates }, place) => ({ candidates, place }))
    .filter(({ candidates }) => candidates.length > 0)
    .sort((a, b) => b.candidates.length - a.candidates.length);
  const starts = [0];
  for (let plane = 0; plane < (keys[0]?.candidates.length ?? 0); plane += 1) {
    const count = keys.filter(({ candidates }) => candidates.length > plane).length;
    starts.push((starts[plane] ?? 0) + wordsFor(count));
  }
  const columns = (starts.at(-1) ?? 0) * WORD_BITS;
  const initial = new Int32Array(columns / WORD_BITS);
  const answers = new Array<Answer | null>(columns).fill(null);
  const also = new Array<Test | null>(columns).fill(null);
  const places = new Int32Array(columns);
  const columnsOfSegment = new Map<string, number[]>();
  const shares = newShares(plans, columns);
  keys.forEach(({ candidates, place }, number) => {
    candidates.forEach((candidate, plane) => {
      const column = (starts[plane] ?? 0) * WORD_BITS + number;
      const word = column >> 5;
      initial[word] = (initial[word] as number) | (1 << (column & 31));
      answers[column] = candidate.answer;
      also[column] = candidate.also;
      shares.add(column, candidate);
      places[column] = place;
      note(columnsOfSegment, candidate, column);
    });
  });
  return { starts: Int32Array.from(starts), initial, columnsOfSegment, answers, also, shares, places };
}

function note(columnsOfSegment: Map<string, number[]>, { segmentId }: Candidate, column: number): void {
  if (segmentId === null) return;
  const columns = columnsOfSegment.get(segmentId);
  if (columns) columns.push(column);
  else columnsOfSegment.set(segmentId, [column]);
}

function siftAll(sieves: readonly Sieve[], alive: Int32Array): void {
  for (let index = 0; index < sieves.length; index += 1) (sieves[index] as Sieve).sift(alive);
}

type Deciding = Readonly<{ alive: Int32Array; undecided: Int32Array; answers: Answer[] }>;

function decide(planes: Planes, { alive, undecided, answers }: Deciding): void {
  const { starts, shares, also, places } = planes;
  undecided.fill(-1);
  for (let plane = 0; plane + 1 < starts.length; plane += 1) {
    const start = starts[plane] as number;
    const end = starts[plane + 1] as number;
    for (let word = start; word < end; word += 1) {
      let hits = (alive[word] as number) & (undecided[word - start] as number);
      const ofShares = hits & (shares.words[word] as number);
      if (ofShares !== 0) hits = (hits & ~ofShares) | shares.taken(word, ofShares);
      for (; hits !== 0; hits &= hits - 1) {
        const bit = hits & -hits;
        const column = word * WORD_BITS + 31 - Math.clz32(bit);
        const more = also[column] as Test | null;
        if (more !== null && (ofShares & bit) === 0 && !more(null)) continue;
        undecided[word - start] = (undecided[word - start] as number) & ~bit;
        answers[places[column] as number] = planes.answers[column] as Answer;
      }
    }
  }
}
