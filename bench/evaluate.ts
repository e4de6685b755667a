import { createTallies } from "../src/delivery/tallies";
import { compile } from "../src/evaluation/compile";
import { evaluate } from "../src/evaluation/evaluate";
import { checkCondition } from "../src/evaluation/condition";
import { loadFlagd } from "./flagd";
import { rulesetSourceOf } from "./workloadRuleset";
import { makeWorkload, type Workload } from "./workload";

const USERS = 2_000;
const ROUNDS = 7;
const NOW = Date.UTC(2025, 0, 1);

/** What an engine answers: the value of one flag, or of all of them, for a user. */
export type Engine = Readonly<{
  all(userIndex: number): readonly Readonly<{ key: string; value: unknown }>[];
  one(userIndex: number, flagIndex: number): unknown;
}>;

/** Ours beside flagd-core, for all flags of one user and for one flag. */
export async function runEvaluateBench(): Promise<void> {
  for (const flagCount of [100, 500]) {
    const workload = makeWorkload(flagCount, USERS);
    const { counted, ...ours } = ourEngine(workload);
    reportCounting(flagCount, measure([allOf(ours), counted]));
    const flagd = loadFlagd(workload);
    if (flagd === null) {
      console.log(
        "evaluate: flagd-core is not installed, so nothing is compared. Install it: npm install --prefix bench",
      );
      report(`evaluate, all ${flagCount} keys`, measure([allOf(ours)]));
      continue;
    }
    console.log(`evaluate: ${agreement(workload, ours, flagd)} rule hits agree with flagd-core's`);
    report(`evaluate, all ${flagCount} keys`, measure([allOf(ours), allOf(flagd)]));
    report(`evaluate, one of ${flagCount} keys`, measure([oneOf(ours, flagCount), oneOf(flagd, flagCount)]));
    // Other benches may share the process: let them breathe.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** With what it takes beside to count what was answered for all. */
function ourEngine(workload: Workload): Engine & Readonly<{ counted: Run }> {
  const source = rulesetSourceOf(workload);
  const faults = source.segments.flatMap(({ condition }) => checkCondition(condition));
  if (faults.length > 0) throw new Error(`The workload is malformed: ${JSON.stringify(faults[0])}`);
  const startedAt = performance.now();
  const ruleset = compile(source);
  console.log(
    `evaluate: compiled ${workload.flags.length} keys in ${(performance.now() - startedAt).toFixed(1)} ms`,
  );
  const user = (index: number) => workload.users[index % USERS] ?? { id: "", properties: {} };
  const names = workload.flags.map(({ name }) => [name]);
  const tallies = createTallies();
  return {
    counted(userIndex) {
      const answers = evaluate(ruleset, user(userIndex), NOW);
      tallies.count(ruleset, answers, user(userIndex).id, NOW);
      return answers;
    },
    all: (userIndex) => evaluate(ruleset, user(userIndex), NOW),
    one: (userIndex, flagIndex) => evaluate(ruleset, user(userIndex), NOW, names[flagIndex])[0]?.value,
  };
}

/** Counts the values that rules decided, and throws where two engines differ in one. Rollouts hash differently. */
function agreement({ flags }: Workload, ours: Engine, theirs: Engine): number {
  let hits = 0;
  const ruleValues = flags.map(({ rules }) => new Set(rules.map(({ value }) => JSON.stringify(value))));
  for (let user = 0; user < 200; user += 1) {
    const other = new Map(theirs.all(user).map(({ key, value }) => [key, JSON.stringify(value)]));
    ours.all(user).forEach(({ key, value }, index) => {
      const [mine, their] = [JSON.stringify(value), other.get(key) ?? ""];
      const isHit = ruleValues[index]?.has(mine) ?? false;
      if (isHit) hits += 1;
      const isHitThere = ruleValues[index]?.has(their) ?? false;
      if ((isHit || isHitThere) && mine !== their)
        throw new Error(`Engines differ: ${key}: ${mine}, ${their}`);
    });
  }
  return hits;
}

type Run = (index: number) => unknown;
const allOf =
  (engine: Engine): Run =>
  (index) =>
    engine.all(index);
const oneOf =
  (engine: Engine, flagCount: number): Run =>
  (index) =>
    engine.one(index, (index * 31) % flagCount);

/** Microseconds for one call of each: the median over rounds in which they take turns. */
function measure(runs: readonly Run[]): readonly number[] {
  const samples = runs.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    runs.forEach((run, index) => {
      const startedAt = performance.now();
      for (let call = 0; call < USERS; call += 1) sink = run(call);
      const us = ((performance.now() - startedAt) * 1000) / USERS;
      if (round > 0) samples[index]?.push(us); // The first round is warm-up.
    });
  }
  return samples.map((each) => each.sort((a, b) => a - b)[ROUNDS >> 1] ?? NaN);
}

// Keeps the compiler from leaving out calls whose result nobody reads.
let sink: unknown;
export const lastResult = (): unknown => sink;

function reportCounting(keys: number, [plain = NaN, counted = NaN]: readonly number[]): void {
  const ratio = (counted / plain).toFixed(2);
  console.log(
    `evaluate, all ${keys} keys, counted: ${counted.toFixed(2)} µs; ${ratio} times ${plain.toFixed(2)} µs without`,
  );
}

function report(name: string, [ours = NaN, theirs]: readonly number[]): void {
  const comparison =
    theirs === undefined
      ? ""
      : `; flagd-core ${theirs.toFixed(2)} µs: ${(theirs / ours).toFixed(1)} times as fast`;
  console.log(`${name}: ${ours.toFixed(2)} µs${comparison}`);
}
