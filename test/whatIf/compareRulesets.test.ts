import fc from "fast-check";
import { compareRulesets } from "../../src/whatIf/compareRulesets";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { jsonEquals, type JsonObject } from "../../src/lib/json";
import { storeUsers } from "../audience/storeUsers";
import { NOW, rulesetSource, user } from "../evaluation/arbitraries";
import { judge } from "../evaluation/oracle";
import { freshDatabase } from "../support/postgres";

const SEED = 23;
const users = fc.sample(user, { seed: SEED, numRuns: 120 }).map(({ id, properties, ...did }, index) => ({
  ...{ id: `${id}-${index}`, properties: JSON.parse(JSON.stringify(properties)) as JsonObject },
  ...did,
}));
let database: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  const fresh = await freshDatabase({ migrated: true });
  database = createDatabase(fresh.url);
  drop = fresh.drop;
  await storeUsers(database, { app: "app", environment: "production" }, users);
});
afterAll(async () => {
  await database.close();
  await drop();
});

it("what would change is what a plain interpreter finds by each of the rulesets", async () => {
  const sources = fc.sample(rulesetSource, { seed: SEED, numRuns: 60 });
  let changes = 0;
  for (let index = 0; index + 1 < sources.length; index += 2) {
    const [before, after] = [sources[index]!, sources[index + 1]!];
    const keys = before.keys.map(({ name }) => name);
    const request = { before, after, keys, nowMs: NOW, usersMax: 1_000 };
    const compared = await compareRulesets(database, request, () => Promise.resolve());
    const changed = users.map((each) =>
      keys.filter(
        (key) => !jsonEquals(judge(before, each, NOW, key).value, judge(after, each, NOW, key).value),
      ),
    );
    const usersChanged = changed.filter((names) => names.length > 0).length;
    expect(compared).toMatchObject({ users: users.length, usersChanged, isAll: true, otherChanges: 0 });
    for (const key of keys) {
      const ofKey = compared.transitions.filter((transition) => transition.key === key);
      expect(ofKey.reduce((sum, transition) => sum + transition.users, 0)).toBe(
        changed.filter((names) => names.includes(key)).length,
      );
    }
    expect(compared.examples).toHaveLength(Math.min(10, usersChanged));
    changes += usersChanged;
  }
  expect(changes).toBeGreaterThan(users.length);
}, 60_000);
