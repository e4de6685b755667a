import fc from "fast-check";
import { countMembers, type Counted } from "../../src/sizes/countMembers";
import { FIRST_KEY } from "../../src/audience/userSlices";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import type { JsonObject } from "../../src/lib/json";
import { storeUsers } from "../audience/storeUsers";
import { NOW, rulesetSource, user } from "../evaluation/arbitraries";
import { isIn } from "../evaluation/oracle";
import { freshDatabase } from "../support/postgres";

const SEED = 11;
const PLACE = { app: "app", environment: "production" };
const NOTHING: Counted = { afterKey: FIRST_KEY, looked: 0, members: 0 };
const users = fc.sample(user, { seed: SEED, numRuns: 200 }).map(({ id, properties, ...did }, index) => ({
  ...{ id: `${id}-${index}`, properties: JSON.parse(JSON.stringify(properties)) as JsonObject },
  ...did,
}));
let database: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  const fresh = await freshDatabase({ migrated: true });
  database = createDatabase(fresh.url);
  drop = fresh.drop;
  await storeUsers(database, PLACE, users);
});
afterAll(async () => {
  await database.close();
  await drop();
});

describe("counting the members of a segment", () => {
  it("finds as many as a plain interpreter, in slices, and also when it was ended and goes on elsewhere", async () => {
    for (const [index, source] of fc.sample(rulesetSource, { seed: SEED, numRuns: 60 }).entries()) {
      const segmentId = "segment_1";
      const request = { source, segmentId, nowMs: NOW, sliceUsers: 30 };
      let reported: Counted = NOTHING;
      let slices = 0;
      const endsAfter = 1 + (index % 6);
      const first = countMembers(database, { ...request, counted: NOTHING }, (counted) => {
        reported = counted;
        slices += 1;
        return slices === endsAfter ? Promise.reject(new Error("ended")) : Promise.resolve();
      });
      await expect(first).rejects.toThrow("ended");
      expect(reported.looked).toBe(30 * endsAfter);
      const whole = await countMembers(database, { ...request, counted: reported }, () => Promise.resolve());
      const members = users.filter((each) => isIn(source, segmentId, each, NOW)).length;
      expect([source.segments, whole]).toEqual([
        source.segments,
        expect.objectContaining({ looked: users.length, members }),
      ]);
    }
  }, 60_000);
});
