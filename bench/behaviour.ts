import { silent } from "../src/lib/logger";
import { createStoredUsers } from "../src/audience/storedUsers";
import { storeUsers } from "../test/audience/storeUsers";
import { createSummaries, type Summaries } from "../src/delivery/summaries";
import { USERS_KEPT_MAX } from "../src/delivery/keptUsers";
import { createSummaryTable } from "../src/delivery/summaryTable";
import { compile, type Ruleset } from "../src/evaluation/compile";
import { evaluate } from "../src/evaluation/evaluate";
import type { RulesetSource, User } from "../src/evaluation/model";
import type { PerformedEvent } from "../src/evaluation/performed";
import type { JsonObject } from "../src/lib/json";
import { migrate } from "../src/postgres/migrations";
import { createDatabase } from "../src/postgres/pool";
import { benchDatabase } from "./benchDatabase";
import { createHash } from "node:crypto";

const KEYS = 100;
const SEGMENTS = 50;
const USERS = 2_000;
const EVENT_NAMES = 10;
const EVENTS_OF_USER = 40;
const ROUNDS = 15;
const DAY_MS = 86_400_000;
const NOW = Date.now();

/** The values of 100 keys by 50 segments of what users did, beside the same by 50 segments of their properties. */
export async function runBehaviourBench(): Promise<void> {
  measureMemory();
  await benchDatabase(async (url) => {
    await migrate(url, "migrations", silent);
    const database = createDatabase(url, { connectionsMax: 4 });
    const clockMs = () => performance.now();
    const stored = createStoredUsers(database, clockMs);
    const summaries = createSummaries({ database, stored, clockMs, report: console.error });
    try {
      const users = Array.from({ length: USERS }, (_, index) => madeUser(index));
      for (let from = 0; from < USERS; from += 500)
        await storeUsers(database, PLACE, users.slice(from, from + 500));
      await database.query("analyze audience.users");
      await database.query("analyze audience.events");
      await measureEvaluations(summaries, users);
    } finally {
      await summaries.stop();
      await database.close();
    }
  });
}

const PLACE = { app: "bench", environment: "production" };

async function measureEvaluations(summaries: Summaries, users: readonly User[]): Promise<void> {
  const plain = rulesetOf(propertyCondition);
  const behavioural = rulesetOf(behaviourCondition);
  const loads: number[] = [];
  // Heard of from now on, so that what is read next is kept.
  await summaries.summaryOf(behavioural, "nobody", NOW);
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const { id } of users) {
    const startedAt = performance.now();
    evaluateSummed(behavioural, id, await summaries.summaryOf(behavioural, id, NOW));
    loads.push(performance.now() - startedAt);
  }
  const without: number[] = [];
  const kept: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    without.push(
      await microseconds(() => {
        for (const { id, properties } of users) sink = evaluate(plain, { id, properties }, NOW);
      }),
    );
    kept.push(
      await microseconds(async () => {
        for (const { id } of users) {
          const summary = summaries.summaryOf(behavioural, id, NOW);
          evaluateSummed(behavioural, id, summary instanceof Promise ? await summary : summary);
        }
      }),
    );
  }
  const [usWithout, usKept] = [median(without.slice(1)), median(kept.slice(1))];
  console.log(
    `behaviour, ${KEYS} keys by ${SEGMENTS} segments: kept ${usKept.toFixed(2)} µs; ${(usKept / usWithout).toFixed(2)} times ${usWithout.toFixed(2)} µs by properties that the call brings`,
  );
  loads.sort((a, b) => a - b);
  console.log(
    `behaviour, not kept: one query, p50 ${ms(loads, 0.5)}, p99 ${ms(loads, 0.99)} ms, with ${EVENTS_OF_USER} events a user`,
  );
}

type Summary = Awaited<ReturnType<Summaries["summaryOf"]>>;

function evaluateSummed(ruleset: Ruleset, id: string, summary: Summary): void {
  if (!summary) throw new Error("A user is not known");
  sink = evaluate(ruleset, { id, properties: summary.properties, summary }, NOW);
}

/** Microseconds a user. */
async function microseconds(run: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await run();
  return ((performance.now() - startedAt) * 1_000) / USERS;
}

// Keeps the compiler from leaving out calls whose result nobody reads.
let sink: unknown;
export const lastResult = (): unknown => sink;

function measureMemory(): void {
  const used = (): number => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    sink = rss;
    return heapUsed + arrayBuffers;
  };
  const before = used();
  const table = createSummaryTable({ usersMax: USERS_KEPT_MAX, moreMax: 1 });
  const kept = { isStored: true, fromMs: NOW, untilMs: NOW + DAY_MS, properties: {}, recommended: [] };
  for (let index = 0; index < 2 * USERS_KEPT_MAX; index += 1) {
    table.set(createHash("sha256").update(`user-${index}`).digest(), 1, { ...kept, truths: [index, index] });
  }
  const bytes = (used() - before) / table.users;
  console.log(
    `behaviour, memory: ${bytes.toFixed(1)} bytes a user with ${SEGMENTS} segments, 16 of them the id; ${table.users} users after ${2 * USERS_KEPT_MAX} were asked for`,
  );
}

function madeUser(index: number): User {
  const performances = new Map<string, PerformedEvent[]>();
  for (let event = 0; event < EVENTS_OF_USER; event += 1) {
    const name = `Event-${(index * 7 + event) % EVENT_NAMES}`;
    const events = performances.get(name) ?? [];
    const atMs = Math.floor(NOW - (((index * 13 + event * 31) % 600) / 10) * DAY_MS);
    events.push({ atMs, properties: { amount: (index + event) % 100, category: `c${event % 5}` } });
    performances.set(name, events);
  }
  const properties: Record<string, number | string> = {};
  for (let name = 0; name < EVENT_NAMES; name += 1) properties[`p${name}`] = (index * 7 + name * 3) % 100;
  return { id: `user-${index}`, properties, performances };
}

const behaviourCondition = (segment: number): JsonObject => ({
  $performed: {
    event: `Event-${segment % EVENT_NAMES}`,
    count: { $gte: 1 + (segment % 4) },
    withinDays: 10 + segment,
    ...(segment % 2 === 0 ? { where: { amount: { $gt: segment } } } : {}),
  },
});

const propertyCondition = (segment: number): JsonObject => ({
  [`p${segment % EVENT_NAMES}`]: { $gte: segment },
});

/** Two keys by each segment, with a value for those in it and for those in the next one. */
function rulesetOf(conditionOf: (segment: number) => JsonObject): Ruleset {
  const numbers = Array.from({ length: SEGMENTS }, (_, index) => index);
  const keys = Array.from({ length: KEYS }, (_, index) => `key-${index}`);
  const rule = (key: string, segment: number, value: number) => ({
    ...{
      id: `${key}-${value}`,
      seed: `${key}-${value}`,
      segmentId: `s${segment % SEGMENTS}`,
      percentage: 100,
    },
    ...{ bucketBy: null, bucketByFallback: null, values: [{ key, value }] },
  });
  const source: RulesetSource = {
    ...PLACE,
    revision: 1,
    keys: keys.map((name) => ({ name, defaultValue: 0, isVisibleToClients: true })),
    segments: numbers.map((index) => ({ id: `s${index}`, name: `s${index}`, condition: conditionOf(index) })),
    publications: keys.map((key, index) => ({
      ...({ kind: "Config", id: `config_${key}`, version: 1, keys: [key] } as const),
      rules: [rule(key, index, 1), rule(key, index + 1, 2)],
    })),
    disabledFlags: [],
    previews: [],
    testUsers: null,
    userLists: new Map(),
  };
  return compile(source);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const ms = (times: readonly number[], share: number): string =>
  (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN).toFixed(2);
