import { createStoredUsers, KNOWN_FOR_MS } from "../../src/audience/storedUsers";
import { userKeyOf } from "../../src/audience/userKey";
import type { Needs } from "../../src/evaluation/needs";
import { DatabaseUnavailable, type Database } from "../../src/postgres/database";

const PLACE = { app: "shop", environment: "production" };
const NEEDS: Needs = { properties: ["asked"], events: ["Charged"], horizonMs: 1_000 };
const NOW = 1_000_000;

let clock = 0;
let asked: string[] = [];
let isAway = false;
let hasUsers = true;

/** Says what it was asked, and knows a user whose `asked` is how often it was. */
const database = {
  query(_text: string, _parameters: unknown[], name: string) {
    if (isAway) return Promise.reject(new DatabaseUnavailable("away"));
    asked.push(name);
    const row =
      name === "audience.hasUsers"
        ? { found: hasUsers }
        : { alias_of: null, properties: { asked: asked.length }, names: null };
    return Promise.resolve([row]);
  },
} as unknown as Database;

beforeEach(() => {
  clock = 0;
  asked = [];
  isAway = false;
  hasUsers = true;
});
const users = () => createStoredUsers(database, () => clock);
const LOADED = "audience.findStored";
const loads = () => asked.filter((name) => name === LOADED).length;

it("are asked for in one query, and then not for a while", async () => {
  const stored = users();
  const first = await stored.find(PLACE, "u1", NEEDS, NOW);
  clock = KNOWN_FOR_MS - 1;
  expect(await stored.find(PLACE, "u1", NEEDS, NOW)).toBe(first);
  expect(loads()).toBe(1);
  clock = KNOWN_FOR_MS;
  await stored.find(PLACE, "u1", NEEDS, NOW + KNOWN_FOR_MS);
  expect(loads()).toBe(2);
});

it("are asked for anew when something was told of them, or more is needed, or of longer ago", async () => {
  const stored = users();
  await stored.find(PLACE, "u1", NEEDS, NOW);
  stored.changed(PLACE, [userKeyOf(PLACE, "u1")]);
  await stored.find(PLACE, "u1", NEEDS, NOW);
  expect(loads()).toBe(2);
  await stored.find(PLACE, "u1", { ...NEEDS, events: ["Refunded"] }, NOW);
  expect(loads()).toBe(3);
  await stored.find(PLACE, "u1", { ...NEEDS, events: ["Refunded"] }, NOW - 1);
  expect(loads()).toBe(4);
  // What was loaded from then on serves what is later.
  await stored.find(PLACE, "u1", { ...NEEDS, events: ["Refunded"] }, NOW);
  expect(loads()).toBe(4);
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
  expect(asked).toEqual(["audience.hasUsers"]);
  hasUsers = true;
  clock = KNOWN_FOR_MS;
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

it("are what was last known of them while the database is away", async () => {
  const stored = users();
  const first = await stored.find(PLACE, "u1", NEEDS, NOW);
  isAway = true;
  clock = 10 * KNOWN_FOR_MS;
  expect(await stored.find(PLACE, "u1", NEEDS, NOW)).toBe(first);
  expect(await stored.find(PLACE, "u2", NEEDS, NOW)).toBeNull();
});
