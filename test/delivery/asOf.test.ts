import fc from "fast-check";
import { createKey, createShop, openShop, SHOP, type Shop } from "./shop";
import type { AppCommand } from "../../src/apps/app.decider";
import { appStream, PRODUCTION } from "../../src/apps/app.events";
import { releasesOf } from "../../src/apps/uses.policy";
import { createRulesets } from "../../src/delivery/liveRulesets";
import type { Rulesets } from "../../src/delivery/rulesets";
import { compile } from "../../src/evaluation/compile";
import { evaluate } from "../../src/evaluation/evaluate";
import type { Answer, User } from "../../src/evaluation/model";
import type { JsonObject } from "../../src/lib/json";
import { rounds } from "../support/rounds";

const KEYS = ["colour", "layout", "price"];
const FLAG_KEYS = ["beta", "checkout"];
const CITIES = ["Berlin", "Miami", "New York"];

const USERS: readonly User[] = ["u1", "u2", "u3"].flatMap((id, index) =>
  [{ city: CITIES[index] ?? "" }, { city: "Oslo", seen: "2026-01-01T12:30:00Z" }].map((properties) => ({
    id,
    properties,
  })),
);

/** A step of a history. Numbers choose among what there is then. */
type Step = Readonly<{ kind: StepKind; chosen: number; value: number; laterMs: number }>;
const STEP_KINDS = [
  "editKey",
  "createSegment",
  "editSegment",
  "createConfig",
  "editConfig",
  "editConfig",
  "publish",
  "publish",
  "publish",
  "unpublish",
  "preview",
  "preview",
  "endPreview",
  "setTestUsers",
  "archive",
  "restore",
  "createFlag",
  "editFlag",
  "publishFlag",
  "publishFlag",
  "disableFlag",
  "enableFlag",
  "archiveFlag",
] as const;
type StepKind = (typeof STEP_KINDS)[number];

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom(...STEP_KINDS),
    chosen: fc.nat({ max: 100 }),
    value: fc.integer({ min: 1, max: 99 }),
    laterMs: fc.integer({ min: 1, max: 20 * 60_000 }),
  }),
  { minLength: 30, maxLength: 60 },
);

type Recorded = Readonly<{ revision: number; time: string; answers: readonly (readonly Answer[])[] }>;

describe("evaluating as of a past moment", () => {
  it("answers what was answered then, for every moment of any history", async () => {
    let answersOfRules = 0;
    let answersOfFlags = 0;
    let disabledAnswers = 0;
    let previewedAnswers = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const shop = openShop();
        const rulesets = createRulesets({ ...shop });
        const recorded = await live(shop, rulesets, history);
        await rulesets.close();

        // Another server, which has seen nothing of it.
        const later = createRulesets({ ...shop });
        shop.clock.nowMs += 365 * 24 * 3_600_000;
        for (const { revision, time, answers } of recorded) {
          expect(await askAsOf(later, { revision }, time)).toEqual(answers);
          expect(await askAsOf(later, { time }, time)).toEqual(answers);
          answersOfRules += answers.flat().filter(({ rule }) => rule !== null).length;
          answersOfFlags += answers.flat().filter(({ source }) => source?.kind === "Flag").length;
          previewedAnswers += answers.flat().filter(({ reason }) => reason === "PREVIEW").length;
          disabledAnswers += answers.flat().filter(({ reason }) => reason === "DISABLED").length;
        }
        await later.close();
        await shop.apps.close();
      }),
      { numRuns: rounds(25, 150) },
    );
    // It would say little if everybody always got defaults.
    expect(answersOfRules).toBeGreaterThan(50);
    expect(answersOfFlags).toBeGreaterThan(disabledAnswers + 50);
    expect(disabledAnswers).toBeGreaterThan(50);
    expect(previewedAnswers).toBeGreaterThan(50);
  }, 60_000);

  it("knows nothing of before the app, of other apps, or of environments that there are not", async () => {
    const shop = openShop();
    await shop.done(createShop);
    const rulesets = createRulesets({ ...shop });
    const before = new Date(shop.clock.nowMs - 1).toISOString();
    const since = new Date(shop.clock.nowMs).toISOString();

    expect(await rulesets.asOf(SHOP, PRODUCTION, { time: before })).toBeNull();
    expect(await rulesets.asOf(SHOP, PRODUCTION, { revision: 7 })).toBeNull();
    expect(await rulesets.asOf("other", PRODUCTION, { time: since })).toBeNull();
    expect(await rulesets.asOf(SHOP, "staging", { time: since })).toBeNull();
    expect(await rulesets.asOf(SHOP, PRODUCTION, { time: since })).not.toBeNull();
    await rulesets.close();
  });
});

/** Lives through a history, and records after each step what every user gets. */
async function live(shop: Shop, rulesets: Rulesets, history: readonly Step[]): Promise<Recorded[]> {
  await shop.done(createShop);
  for (const name of KEYS) await shop.done(createKey(name, 0));
  for (const name of FLAG_KEYS) {
    await shop.done({ type: "CreateKey", data: { name, type: "BOOLEAN", defaultValue: false } });
  }
  await shop.done({ type: "SetTestUsers", data: { users: shop.listOf("u1", "u2") } });
  const recorded: Recorded[] = [];
  for (const step of history) {
    shop.clock.nowMs += step.laterMs;
    const command = commandOf(step, shop, (await shop.apps.state(appStream(SHOP))).state);
    const outcome = command && (await shop.send(command));
    if (outcome?.outcome !== "accepted") continue;
    await rulesets.refreshed(SHOP, outcome.revision);
    const ruleset = await rulesets.current(SHOP, PRODUCTION);
    expect(ruleset?.source.revision).toBe(outcome.revision);
    const time = new Date(shop.clock.nowMs).toISOString();
    const answers = USERS.map((user) => (ruleset ? evaluate(ruleset, user, Date.parse(time)) : []));
    recorded.push({ revision: outcome.revision, time, answers });
  }
  return recorded;
}

async function askAsOf(
  rulesets: Rulesets,
  moment: Parameters<Rulesets["asOf"]>[2],
  time: string,
): Promise<readonly (readonly Answer[])[]> {
  const ruleset = await rulesets.asOf(SHOP, PRODUCTION, moment);
  return USERS.map((user) => (ruleset ? evaluate(ruleset, user, Date.parse(time)) : []));
}

type State = Awaited<ReturnType<Shop["apps"]["state"]>>["state"];

function commandOf({ kind, chosen, value }: Step, shop: Shop, state: State): AppCommand | null {
  const key = KEYS[chosen % KEYS.length] ?? "";
  const segmentId = choose([...state.segments.keys()], chosen);
  const configId = choose([...state.configs.keys()], chosen);
  const rules = [{ segmentId: segmentId ?? null, percentage: value, values: [{ key, value }] }];
  const everyone = { percentage: chosen % 2 === 0 ? 100 : 50, values: [{ key, value: -value }] };
  switch (kind) {
    case "editKey":
      return { type: "EditKey", data: { name: key, defaultValue: value } };
    case "createSegment":
      return { type: "CreateSegment", data: { name: `s${value}`, condition: conditionOf(shop, value) } };
    case "editSegment":
      return segmentId === undefined
        ? null
        : { type: "EditSegment", data: { id: segmentId, condition: conditionOf(shop, value) } };
    case "setTestUsers":
      return { type: "SetTestUsers", data: { users: shop.listOf("u1", "u2", `u${value % 4}`) } };
    case "preview":
    case "endPreview":
      return previewCommand(kind, chosen, value, shop, state);
    case "createConfig":
      return { type: "CreateConfig", data: { name: `c${value}`, keys: [key], rules: [...rules, everyone] } };
    case "createFlag":
      return { type: "CreateFlag", data: { name: `f${value}`, key: flagKeyOf(chosen), rules: [{}] } };
    case "editFlag":
    case "publishFlag":
    case "disableFlag":
    case "enableFlag":
    case "archiveFlag": {
      const flagId = choose([...state.flags.keys()], chosen);
      return flagId === undefined ? null : flagCommand(kind, flagId, chosen, value, state);
    }
    default:
      return configId === undefined ? null : configCommand(kind, configId, chosen, value, state);
  }
}

/** Previews that last for a few steps: what ends by itself is never recorded here, as no scheduler runs. */
function previewCommand(
  kind: "preview" | "endPreview",
  chosen: number,
  value: number,
  { clock }: Shop,
  state: State,
): AppCommand | null {
  const releases = releasesOf(state);
  if (kind === "endPreview") {
    const previewId = choose(
      releases.flatMap(({ release }) => [...release.previews.keys()]),
      chosen,
    );
    return previewId === undefined ? null : { type: "EndPreview", data: { previewId } };
  }
  const found = choose(releases, chosen);
  if (!found) return null;
  const version = 1 + (value % found.release.versions.length);
  const endsAt = new Date(clock.nowMs + value * 2 * 60_000).toISOString();
  const data = { id: found.release.id, version, environment: PRODUCTION, endsAt };
  return { type: `Preview${found.kind}`, data };
}

const flagKeyOf = (chosen: number): string => FLAG_KEYS[chosen % FLAG_KEYS.length] ?? "";

function flagCommand(
  kind: StepKind,
  id: string,
  chosen: number,
  value: number,
  { flags, segments }: State,
): AppCommand {
  const environment = PRODUCTION;
  switch (kind) {
    case "editFlag": {
      const segmentId = choose([...segments.keys()], value) ?? null;
      const rules = [{ segmentId, percentage: chosen, value: value % 3 > 0 }, { percentage: value }];
      return { type: "EditFlag", data: { id, key: flagKeyOf(value), rules } };
    }
    case "publishFlag": {
      const version = 1 + (value % (flags.get(id)?.versions.length ?? 1));
      return { type: "PublishFlag", data: { id, version, environment } };
    }
    case "disableFlag":
      return { type: "DisableFlag", data: { id, environment, note: `n${value}` } };
    case "enableFlag":
      return { type: "EnableFlag", data: { id, environment } };
    default:
      return { type: "ArchiveFlag", data: { id } };
  }
}

function configCommand(
  kind: StepKind,
  id: string,
  chosen: number,
  value: number,
  { configs, segments }: State,
): AppCommand | null {
  const versions = configs.get(id)?.versions ?? [];
  const key = versions[0]?.references.keys[0] ?? "";
  const version = 1 + (value % Math.max(1, versions.length));
  switch (kind) {
    case "editConfig": {
      const segmentId = choose([...segments.keys()], value) ?? null;
      return {
        type: "EditConfig",
        data: { id, rules: [{ segmentId, percentage: chosen, values: [{ key, value }] }] },
      };
    }
    case "publish":
      return { type: "PublishConfig", data: { id, version, environment: PRODUCTION } };
    case "unpublish":
      return { type: "UnpublishConfig", data: { id, environment: PRODUCTION } };
    case "archive":
      return { type: "ArchiveConfig", data: { id } };
    default:
      return { type: "RestoreConfig", data: { id } };
  }
}

function conditionOf(shop: Shop, value: number): JsonObject {
  const city = CITIES[value % CITIES.length] ?? "";
  const conditions: readonly JsonObject[] = [
    { city },
    { city: { $ne: city } },
    { $percent: value },
    { $userIn: shop.listOf("u1", `u${value % 4}`) },
    { seen: { $withinLast: { minutes: value } } },
    {},
  ];
  return conditions[value % conditions.length] ?? {};
}

function choose<Item>(items: readonly Item[], chosen: number): Item | undefined {
  return items[chosen % Math.max(1, items.length)];
}

describe("an as-of ruleset", () => {
  it("is compiled from the same source as the present one", async () => {
    const shop = openShop();
    await shop.done(createShop);
    await shop.done(createKey("colour", 1));
    const rulesets = createRulesets({ ...shop });
    const present = await rulesets.current(SHOP, PRODUCTION);
    const past = await rulesets.asOf(SHOP, PRODUCTION, { revision: present?.source.revision ?? 0 });
    expect(past?.source).toEqual(present?.source);
    expect(past && evaluate(compile(past.source), { id: "u", properties: {} }, 0)).toMatchObject([
      { value: 1 },
    ]);
    await rulesets.close();
  });
});
