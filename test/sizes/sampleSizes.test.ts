import fc from "fast-check";
import { sampleSizes } from "../../src/sizes/sampleSizes";
import type { RulesetSource, User } from "../../src/evaluation/model";
import type { JsonObject } from "../../src/lib/json";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { storeUsers } from "../audience/storeUsers";
import { NOW, rulesetSource, user } from "../evaluation/arbitraries";
import { isIn } from "../evaluation/oracle";
import { sourceOf } from "../evaluation/rulesetSource";
import { freshDatabase } from "../support/postgres";

const SEED = 7;
let database: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  const fresh = await freshDatabase({ migrated: true });
  database = createDatabase(fresh.url);
  drop = fresh.drop;
});
afterAll(async () => {
  await database.close();
  await drop();
});

/** As they are after a way through JSON, with ids of their own. */
function usersOf(count: number): readonly User[] {
  return fc.sample(user, { seed: SEED, numRuns: count }).map(({ id, properties, ...did }, index) => ({
    ...{ id: `${id}-${index}`, properties: JSON.parse(JSON.stringify(properties)) as JsonObject },
    ...did,
  }));
}
const plainUsers = (count: number): readonly User[] =>
  Array.from({ length: count }, (_, index) => ({ id: `user ${index}`, properties: {} }));
const segmentsOf = (conditions: readonly JsonObject[]): RulesetSource["segments"] =>
  conditions.map((condition, index) => ({ id: `segment_${index}`, name: `S${index}`, condition }));
const idsOf = ({ segments }: RulesetSource) => segments.map(({ id }) => id);
const membersOf = (source: RulesetSource, id: string, users: readonly User[]): number =>
  users.filter((each) => isIn(source, id, each, NOW)).length;

describe("where all users are looked at", () => {
  it("a segment has as many as a plain interpreter finds, whatever its condition", async () => {
    const place = { app: "app", environment: "production" };
    const users = usersOf(250);
    await storeUsers(database, place, users);
    // Neighbours count for nobody.
    await storeUsers(database, { ...place, environment: "staging" }, users.slice(0, 50));
    await storeUsers(database, { ...place, app: "other" }, users.slice(0, 50));
    const sources = fc.sample(rulesetSource, { seed: SEED, numRuns: 120 });
    let somewhere = 0;
    for (const source of sources) {
      const sizes = await sampleSizes(database, source, { segmentIds: idsOf(source), nowMs: NOW });
      for (const id of idsOf(source)) {
        const members = membersOf(source, id, users);
        if (members > 0 && members < users.length) somewhere += 1;
        expect([id, source.segments, sizes.get(id)]).toEqual([
          ...[id, source.segments],
          {
            ...{ users: members, percentage: (members / users.length) * 100, usersInEnvironment: 250 },
            ...{ usersError: 0, error: 0, sampled: 250, isExact: true },
          },
        ]);
      }
    }
    // Conditions that all or none meet would prove little.
    expect(somewhere).toBeGreaterThan(sources.length / 2);
  }, 120_000);

  it("a segment of many properties finds all of them", async () => {
    const place = { app: "wide", environment: "production" };
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const users = names.map((name, index) => ({ id: `u${index}`, properties: { [name]: index } }));
    await storeUsers(database, place, users);
    const $or = names.slice(1).map((name, index) => ({ [name]: index + 1 }));
    const source = sourceOf({ ...place, segments: segmentsOf([{ $or }]) });
    const sizes = await sampleSizes(database, source, { segmentIds: idsOf(source), nowMs: NOW });
    expect(sizes.get("segment_0")).toMatchObject({ users: 11, usersInEnvironment: 12 });
  });

  it("has nobody where nobody is known", async () => {
    const source = sourceOf({ app: "empty", segments: segmentsOf([{}]) });
    const sizes = await sampleSizes(database, source, { segmentIds: idsOf(source), nowMs: NOW });
    expect(sizes.get("segment_0")).toEqual({
      ...{ users: 0, usersError: 0, percentage: 0, error: 0 },
      ...{ usersInEnvironment: 0, sampled: 0, isExact: true },
    });
  });
});

describe("an estimate", () => {
  it("of a share is within its error 19 times of 20", async () => {
    const place = { app: "large", environment: "production" };
    const users = plainUsers(4_000);
    await storeUsers(database, place, users);
    // Seeds of their own make segments that have nothing to do with each other, among the same users.
    const conditions = Array.from({ length: 400 }, (_, index) => ({
      $percent: { percentage: [0.5, 3, 20, 50, 80][index % 5] ?? 0, seed: `seed ${index}` },
    }));
    const source = sourceOf({ ...place, segments: segmentsOf(conditions) });
    const request = { segmentIds: idsOf(source), nowMs: NOW, sampleUsers: 400 };
    const sizes = await sampleSizes(database, source, request);
    const within = idsOf(source).filter((id) => {
      const { percentage = NaN, error = NaN, sampled, isExact } = sizes.get(id) ?? {};
      expect({ sampled, isExact }).toEqual({ sampled: 400, isExact: false });
      // Of 400 users; of 10,000 it is a fifth of that.
      expect(error).toBeLessThan(5.3);
      return Math.abs(percentage - (membersOf(source, id, users) / users.length) * 100) <= error;
    });
    expect(within.length / conditions.length).toBeGreaterThan(0.94);
    expect(within.length).toBeLessThan(conditions.length);
  }, 60_000);

  it("of a number of users is within its error 19 times of 20", async () => {
    const counts = Array.from({ length: 120 }, (_, index) => 400 + 7 * index);
    let within = 0;
    for (const [index, count] of counts.entries()) {
      const place = { app: `app-${index}`, environment: "production" };
      const users = plainUsers(count);
      await storeUsers(database, place, users);
      const $percent = { percentage: 50, seed: `seed ${index}` };
      const source = sourceOf({ ...place, segments: segmentsOf([{}, { $percent }]) });
      const request = { segmentIds: idsOf(source), nowMs: NOW, sampleUsers: 100 };
      for (const [id, estimate] of await sampleSizes(database, source, request)) {
        if (Math.abs(estimate.users - membersOf(source, id, users)) <= estimate.usersError) within += 1;
      }
    }
    expect(within / (2 * counts.length)).toBeGreaterThan(0.94);
  }, 60_000);
});
