import { createKey, createShop, openShop, SHOP, type Shop } from "./shop";
import { appStream, PRODUCTION } from "../../src/apps/app.events";
import { createRulesets } from "../../src/delivery/liveRulesets";
import { evaluate } from "../../src/evaluation/evaluate";
import type { Ruleset } from "../../src/evaluation/compile";
import { StoreUnavailable, type RecordedEvent } from "../../src/eventstore/eventStore";
import { until } from "../support/until";

const USER = { id: "u1", properties: {} };
const valueOf = (ruleset: Ruleset | null | undefined, key = "colour") =>
  ruleset && evaluate(ruleset, USER, 0, [key])[0]?.value;

async function shopWithColour(): Promise<Shop> {
  const shop = openShop();
  await shop.done(createShop);
  await shop.done(createKey("colour", 1));
  return shop;
}

const editColour = (defaultValue: number) =>
  ({ type: "EditKey", data: { name: "colour", defaultValue } }) as const;

/** The two ends of a server's rulesets: what they read, counted, and whether reading works. */
function watched({ apps, ...shop }: Shop) {
  const reads = { states: 0, isAway: false };
  const state: typeof apps.state = (stream) => {
    reads.states += 1;
    return reads.isAway ? Promise.reject(new StoreUnavailable("The database is away.")) : apps.state(stream);
  };
  const failures: unknown[] = [];
  const rulesets = createRulesets({
    ...shop,
    apps: { state, stateAt: apps.stateAt, content: apps.content },
    report: (error) => failures.push(error),
  });
  return { reads, failures, rulesets };
}

describe("the rulesets of a server", () => {
  it("answer from the app's stream, and again after a change that was waited for", async () => {
    const shop = await shopWithColour();
    const { rulesets, reads } = watched(shop);
    expect(rulesets.peek(SHOP, PRODUCTION)).toBeUndefined();
    expect(valueOf(await rulesets.current(SHOP, PRODUCTION))).toBe(1);

    const outcome = await shop.send(editColour(2));
    if (outcome.outcome === "accepted") await rulesets.refreshed(SHOP, outcome.revision);

    expect(valueOf(rulesets.peek(SHOP, PRODUCTION))).toBe(2);
    const before = reads.states;
    expect(valueOf(await rulesets.current(SHOP, PRODUCTION))).toBe(2);
    expect(reads.states).toBe(before);
    await rulesets.close();
  });

  it("follow what other servers append", async () => {
    const shop = await shopWithColour();
    const other = openShop(shop.store);
    const { rulesets } = watched(shop);
    await rulesets.current(SHOP, PRODUCTION);

    await other.send(editColour(3));

    await until("the ruleset follows", () => valueOf(rulesets.peek(SHOP, PRODUCTION)) === 3);
    await rulesets.close();
  });

  it("raise their revision with every event, also where nobody's values change", async () => {
    const shop = await shopWithColour();
    const { rulesets } = watched(shop);
    const before = await rulesets.current(SHOP, PRODUCTION);

    const outcome = await shop.send({
      type: "CreateConfig",
      data: { name: "c", keys: ["colour"], rules: [] },
    });
    if (outcome.outcome === "accepted") await rulesets.refreshed(SHOP, outcome.revision);

    const after = rulesets.peek(SHOP, PRODUCTION);
    expect(after?.source.revision).toBe((before?.source.revision ?? 0) + 1);
    expect(after?.plans).toBe(before?.plans);
    expect(valueOf(after)).toBe(1);
    await rulesets.close();
  });

  it("are made anew where a flag is disabled or enabled, and only in that environment", async () => {
    const shop = await shopWithColour();
    await shop.done({ type: "CreateEnvironment", data: { name: "staging" } });
    await shop.done({ type: "CreateKey", data: { name: "on", type: "BOOLEAN", defaultValue: false } });
    const id = await shop.done({ type: "CreateFlag", data: { name: "On", key: "on", rules: [{}] } }, "flag");
    const environments = [PRODUCTION, "staging"];
    for (const environment of environments) {
      await shop.done({ type: "PublishFlag", data: { id, version: 1, environment } });
    }
    const { rulesets } = watched(shop);
    const shown = () =>
      Promise.all(
        environments.map(async (name) => {
          const ruleset = await rulesets.current(SHOP, name);
          return ruleset && evaluate(ruleset, USER, 0, ["on"])[0]?.reason;
        }),
      );
    const plansOfStaging = async () => (await rulesets.current(SHOP, "staging"))?.plans;
    const sendAndWait = async (type: "DisableFlag" | "EnableFlag") => {
      const outcome = await shop.send({ type, data: { id, environment: PRODUCTION } });
      if (outcome.outcome === "accepted") await rulesets.refreshed(SHOP, outcome.revision);
    };
    expect(await shown()).toEqual(["TARGETING_MATCH", "TARGETING_MATCH"]);
    const before = await plansOfStaging();
    await sendAndWait("DisableFlag");
    expect(await shown()).toEqual(["DISABLED", "TARGETING_MATCH"]);
    expect((await rulesets.current(SHOP, PRODUCTION))?.source.publications).toEqual([]);
    expect(await plansOfStaging()).toBe(before);
    await sendAndWait("EnableFlag");
    expect(await shown()).toEqual(["TARGETING_MATCH", "TARGETING_MATCH"]);
    await rulesets.close();
  });

  it("share rounds between many changes", async () => {
    const shop = await shopWithColour();
    const { rulesets, reads } = watched(shop);
    await rulesets.current(SHOP, PRODUCTION);
    const before = reads.states;

    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const outcome = await shop.send(editColour(index + 10));
        if (outcome.outcome === "accepted") await rulesets.refreshed(SHOP, outcome.revision);
      }),
    );

    expect(valueOf(rulesets.peek(SHOP, PRODUCTION))).toBe(109);
    expect(reads.states - before).toBeLessThan(20);
    await rulesets.close();
  });

  it("have none for an app or an environment that there is not, and find it when there is", async () => {
    const shop = openShop();
    const { rulesets } = watched(shop);
    expect(await rulesets.current(SHOP, PRODUCTION)).toBeNull();
    await rulesets.refreshed(SHOP, 3);
    await shop.done(createShop);
    expect(await rulesets.current(SHOP, PRODUCTION)).not.toBeNull();
    expect(await rulesets.current(SHOP, "staging")).toBeNull();
    expect(await rulesets.current(SHOP, PRODUCTION)).not.toBeNull();
    await rulesets.close();
  });

  it("go on answering while the database is away, and catch up when it is back", async () => {
    const shop = await shopWithColour();
    const { rulesets, reads, failures } = watched(shop);
    await rulesets.current(SHOP, PRODUCTION);

    reads.isAway = true;
    const outcome = await shop.send(editColour(5));
    const revision = outcome.outcome === "accepted" ? outcome.revision : -1;
    await expect(rulesets.refreshed(SHOP, revision)).rejects.toThrow(StoreUnavailable);
    await until("a round in the background fails", () => failures.length > 0);
    expect(valueOf(await rulesets.current(SHOP, PRODUCTION))).toBe(1);
    await expect(rulesets.current("not loaded", PRODUCTION)).rejects.toThrow(StoreUnavailable);

    reads.isAway = false;
    await until("the ruleset follows", () => valueOf(rulesets.peek(SHOP, PRODUCTION)) === 5);
    await rulesets.close();
  });

  it("are given to all who ask for the first time at once", async () => {
    const shop = await shopWithColour();
    const { rulesets, reads } = watched(shop);
    const all = await Promise.all(Array.from({ length: 50 }, () => rulesets.current(SHOP, PRODUCTION)));
    expect(all.map((ruleset) => valueOf(ruleset))).toEqual(Array(50).fill(1));
    expect(reads.states).toBeLessThan(5);
    await rulesets.close();
  });

  it("load what a condition lists once, however often they are made anew", async () => {
    const shop = await shopWithColour();
    let loaded = 0;
    const loadUserLists: Shop["loadUserLists"] = (app, hashes) => {
      loaded += hashes.length;
      return shop.loadUserLists(app, hashes);
    };
    const rulesets = createRulesets({ ...shop, loadUserLists });
    const condition = { $userIn: shop.listOf("u1", "u2") };
    const segmentId = await shop.done(
      { type: "CreateSegment", data: { name: "team", condition } },
      "segment",
    );
    const rules = [{ segmentId, values: [{ key: "colour", value: 7 }] }];
    const id = await shop.done({ type: "CreateConfig", data: { name: "c", keys: ["colour"], rules } });
    expect(valueOf(await rulesets.current(SHOP, PRODUCTION))).toBe(1);

    await shop.done({ type: "PublishConfig", data: { id, version: 1, environment: PRODUCTION } });
    await until("the ruleset follows", () => valueOf(rulesets.peek(SHOP, PRODUCTION)) === 7);
    expect(loaded).toBe(1);
    await rulesets.close();
  });

  it("hold no content of versions that are not published", async () => {
    const shop = await shopWithColour();
    const { rulesets } = watched(shop);
    const rules = Array.from({ length: 100 }, (_, index) => ({
      percentage: index / 10,
      values: [{ key: "colour", value: index }],
    }));
    const id = await shop.done({ type: "CreateConfig", data: { name: "c", keys: ["colour"], rules } });
    await appendEdits(shop, id, 1_000);
    await rulesets.current(SHOP, PRODUCTION);

    const { state } = await shop.apps.state(appStream(SHOP));
    const versions = state.configs.get(id)?.versions ?? [];
    expect(versions).toHaveLength(1_000);
    // A thousand revisions and one object of references that all of them share.
    expect(new Set(versions.map(({ references }) => references)).size).toBe(1);
    expect(JSON.stringify(rulesets.peek(SHOP, PRODUCTION)?.source).length).toBeLessThan(1_000);
    expect(JSON.stringify([...state.configs.values()]).length / versions.length).toBeLessThan(200);
    await rulesets.close();
  });
});

/** Saves versions up to a number by events alone: what decides is not the question here. */
async function appendEdits(shop: Shop, id: string, versions: number): Promise<void> {
  const stream = appStream(SHOP);
  const [created] = (await shop.store.readStream(stream, 0, 10)).slice(-1);
  if (!created) throw new Error("There is no event that created the config.");
  const { data, meta, revision } = created as RecordedEvent<object>;
  await shop.store.append({
    stream,
    expectedRevision: revision,
    commandId: "edits",
    events: Array.from({ length: versions - 1 }, (_, index) => ({
      type: "ConfigEdited",
      schemaVersion: 1,
      data: { ...data, id, version: index + 2 },
    })),
    meta: { ...meta, commandId: "edits" },
  });
}
