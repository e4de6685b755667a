import type { Json, JsonObject } from "../src/lib/json";

/** Flags and users that every engine of a bench is asked with, the same at each run. */
export type Workload = Readonly<{ flags: readonly WorkloadFlag[]; users: readonly WorkloadUser[] }>;

/** Three rules in order, then a share of everyone, then the default. */
export type WorkloadFlag = Readonly<{
  name: string;
  rules: readonly WorkloadRule[];
  rollout: Readonly<{ percentage: number; seed: string; value: Json }>;
  defaultValue: Json;
}>;
export type WorkloadRule = Readonly<{ name: string; tests: readonly PropertyTest[]; value: Json }>;

export type PropertyTest = Readonly<{ property: string }> &
  (
    | Readonly<{ kind: "equals"; value: string }>
    | Readonly<{ kind: "oneOf"; values: readonly string[] }>
    | Readonly<{ kind: "between"; least: number; most: number }>
    | Readonly<{ kind: "versionFrom"; version: string }>
    | Readonly<{ kind: "before"; instant: string }>
  );

export type WorkloadUser = Readonly<{ id: string; properties: JsonObject }>;

const FEW_VALUES: Readonly<Record<string, readonly string[]>> = {
  country: ["US", "DE", "FR", "JP", "BR", "IN", "GB", "ES"],
  plan: ["free", "pro", "team", "enterprise"],
  platform: ["ios", "android", "web", "tv"],
  language: ["en", "de", "fr", "ja", "pt", "es"],
  deviceType: ["phone", "tablet", "desktop", "console"],
  channel: ["organic", "ads", "referral", "email", "partner"],
};
const MANY_VALUES = ["city", "model", "campaign", "carrier"];
const MANY = 40;
const LISTED = 20;
const NUMBERS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  age: [18, 80],
  sessions: [0, 1000],
  spend: [0, 5000],
  level: [1, 100],
  score: [0, 1000],
};
const VERSIONS = ["appVersion", "osVersion"];
const VERSION_COUNT = 4000;
const DATES = ["signupDate", "lastSeen"];
const DATE_DAYS = 1000;
const FIRST_DAY_MS = Date.UTC(2022, 0, 1);
const DAY_MS = 86_400_000;

export function makeWorkload(flagCount: number, userCount: number): Workload {
  const draw = randomNumbers(42);
  const flags = Array.from({ length: flagCount }, (_, index) => makeFlag(draw, index));
  return { flags, users: makeUsers(userCount) };
}

type Draw = () => number;

/** A fixed sequence of numbers from 0 to below 1 (mulberry32). */
function randomNumbers(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function makeUsers(count: number): WorkloadUser[] {
  const draw = randomNumbers(1);
  return Array.from({ length: count }, (_, index) => {
    const id = `user-${(1_000_003 * (index + 1)) % 99_999_989}-${index}`;
    // Parsed, as a server gets them: V8 keeps objects that were built member by member in a slower form.
    return { id, properties: JSON.parse(JSON.stringify(makeProperties(draw))) as JsonObject };
  });
}

function makeProperties(draw: Draw): JsonObject {
  const properties: Record<string, Json> = {};
  for (const [name, values] of Object.entries(FEW_VALUES)) properties[name] = skewed(draw, values);
  for (const name of MANY_VALUES) properties[name] = valueOf(name, Math.floor(draw() * MANY));
  for (const [name, [least, most]] of Object.entries(NUMBERS)) {
    properties[name] = least + Math.floor(draw() * (most - least + 1));
  }
  for (const name of VERSIONS) properties[name] = versionOf(Math.floor(draw() * VERSION_COUNT));
  for (const name of DATES) properties[name] = instantAfter(Math.floor(draw() * DATE_DAYS * DAY_MS));
  return properties;
}

function skewed(draw: Draw, values: readonly string[]): string {
  const share = draw();
  const index = share < 0.5 ? 0 : share < 0.8 ? 1 : 2 + Math.floor(draw() * (values.length - 2));
  return values[index] ?? "";
}

const valueOf = (name: string, index: number): string => `${name}-${String(index).padStart(2, "0")}`;
const instantAfter = (ms: number): string => new Date(FIRST_DAY_MS + ms).toISOString();
const versionOf = (index: number): string =>
  `${1 + Math.floor(index / 400)}.${Math.floor(index / 20) % 20}.${index % 20}`;

function makeFlag(draw: Draw, index: number): WorkloadFlag {
  const name = `flag-${String(index).padStart(4, "0")}`;
  const isObject = index % 2 === 1;
  const rules = ["r1", "r2", "r3"].map((rule) => {
    const value = makeValue(draw, name, rule, isObject);
    return { name: rule, value, tests: makeTests(draw) };
  });
  const rollout = { percentage: 20, seed: `seed-${name}`, value: makeValue(draw, name, "rollout", isObject) };
  return { name, rules, rollout, defaultValue: makeValue(draw, name, "default", isObject) };
}

function makeValue(draw: Draw, flag: string, rule: string, isObject: boolean): Json {
  const hex = (): string =>
    Math.floor(draw() * 0xffffff)
      .toString(16)
      .padStart(6, "0");
  if (!isObject) return `value-${flag}-${rule}-${hex()}${hex()}`;
  return { id: `${flag}-${rule}`, color: `#${hex()}`, size: Math.floor(draw() * 64), enabled: draw() < 0.5 };
}

// So that about half of the flags are decided by a rule.
const MATCHING_SHARE = 0.206;
const CALIBRATION = 1.06;

/** Two or three tests of different properties. */
function makeTests(draw: Draw): PropertyTest[] {
  const count = draw() < 0.5 ? 2 : 3;
  const share = Math.min(0.95, MATCHING_SHARE ** (1 / count) * CALIBRATION);
  const tests = new Map<string, PropertyTest>();
  while (tests.size < count) {
    const test = makeTest(draw, share);
    if (!tests.has(test.property)) tests.set(test.property, test);
  }
  return [...tests.values()];
}

const pick = (draw: Draw, names: readonly string[]): string => names[Math.floor(draw() * names.length)] ?? "";

/** A test that holds for about `share` of the users. */
function makeTest(draw: Draw, share: number): PropertyTest {
  switch (Math.floor(draw() * 5)) {
    case 0: {
      const property = pick(draw, Object.keys(FEW_VALUES));
      return { kind: "equals", property, value: FEW_VALUES[property]?.[draw() < 0.9 ? 0 : 1] ?? "" };
    }
    case 1: {
      const property = pick(draw, MANY_VALUES);
      const first = Math.floor(draw() * MANY);
      const values = Array.from({ length: LISTED }, (_, index) =>
        valueOf(property, (first + index * 7) % MANY),
      );
      return { kind: "oneOf", property, values };
    }
    case 2: {
      const property = pick(draw, Object.keys(NUMBERS));
      const [least, most] = NUMBERS[property] ?? [0, 0];
      const width = (most - least) * share;
      const from = least + draw() * (most - least - width);
      return { kind: "between", property, least: Math.round(from), most: Math.round(from + width) };
    }
    case 3: {
      const from = Math.floor(VERSION_COUNT * (1 - share) * (0.85 + 0.3 * draw()));
      return { kind: "versionFrom", property: pick(draw, VERSIONS), version: versionOf(from) };
    }
    default: {
      const days = Math.floor(DATE_DAYS * share * (0.85 + 0.3 * draw()));
      return { kind: "before", property: pick(draw, DATES), instant: instantAfter(days * DAY_MS) };
    }
  }
}
