import { createStoredUsers, NOBODY_FOR_MS } from "../../src/audience/storedUsers";
import { userKeyOf } from "../../src/audience/userKey";
import type { Needs } from "../../src/evaluation/needs";
import type { Database } from "../../src/postgres/database";

const PLACE = { app: "shop", environment: "production" };
const NEEDS: Needs = { properties: ["asked"], events: ["Charged"], horizonMs: 1_000 };
const NOW = 1_000_000;

let clock = 0;
let asked: { name: string; parameters: unknown[] }[] = [];
let hasUsers = true;

/** Knows a user, where there are some. */
const database = {
  query(_text: string, parameters: unknown[], name: string) {
    asked.push({ name, parameters });
    const row =
      name === "audience.hasUsers"
        ? { found: hasUsers }
        : { alias_of: null, properties: { plan: "pro" }, names: null };
    return Promise.resolve([row]);
  },
} as unknown as Database;

beforeEach(() => {
  clock = 0;
  asked = [];
  hasUsers = true;
});
const users = () => createStoredUsers(database, () => clock);
const names = () => asked.map(({ name }) => name);

it("are read in one query, as far back as is needed", async () => {
  const stored = users();
  await stored.find(PLACE, "u1", NEEDS, NOW);
  asked = [];
  expect(await stored.find(PLACE, "u1", NEEDS, NOW)).toMatchObject({ properties: { plan: "pro" } });
  expect(names()).toEqual(["audience.findStored"]);
  expect(asked[0]?.parameters.slice(1)).toEqual([["Charged"], new Date(NOW - 1_000), ["asked"]]);
});

it("are not asked for where nothing is needed", async () => {
  await users().find(PLACE, "u1", { properties: [], events: [], horizonMs: null }, NOW);
  expect(asked).toEqual([]);
});

it("cost one query in a while where nobody is known, whoever is asked for", async () => {
  hasUsers = false;
  const stored = users();
  for (let index = 0; index < 10; index += 1) {
    expect(await stored.find(PLACE, `u${index}`, NEEDS, NOW)).toBeNull();
  }
  expect(names()).toEqual(["audience.hasUsers"]);
  hasUsers = true;
  clock = NOBODY_FOR_MS;
  expect(await stored.find(PLACE, "u1", NEEDS, NOW)).not.toBeNull();
});

it("are known where somebody was told of a moment ago", async () => {
  hasUsers = false;
  const stored = users();
  await stored.find(PLACE, "u1", NEEDS, NOW);
  hasUsers = true;
  stored.changed(PLACE, [userKeyOf(PLACE, "u1")]);
  expect(await stored.find(PLACE, "u1", NEEDS, NOW)).not.toBeNull();
});
