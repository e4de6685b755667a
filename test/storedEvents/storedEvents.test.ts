import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { liveThroughAllEvents } from "./life";
import { appDecider } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { instanceDecider } from "../../src/apps/instance.decider";
import { INSTANCE_STREAM, type InstanceEvent } from "../../src/apps/instance.events";
import { schemaVersions } from "../../src/apps/schemaVersions";
import { upcast } from "../../src/apps/upcasters";
import type { RecordedEvent } from "../../src/eventstore/eventStore";
import type { Decider } from "../../src/lib/decider";

// Every event as it was stored, one file for each type and version of its shape. A file is never changed and never
// deleted: somebody's log holds such events. A new version adds a file.

const golden = readdirSync(__dirname)
  .filter((file) => file.endsWith(".json"))
  .map((file) => ({ file, event: JSON.parse(readFileSync(join(__dirname, file), "utf8")) as RecordedEvent }));

const fileOf = (type: string, version: number): string => `${type}.v${version}.json`;
const goldenOf = (type: string, version: number) =>
  golden.find(({ file }) => file === fileOf(type, version))?.event;

let lived: readonly RecordedEvent[] = [];
beforeAll(async () => {
  lived = await liveThroughAllEvents();
});

const versions = [...schemaVersions].flatMap(([type, current]) =>
  Array.from({ length: current }, (_, index) => [type, index + 1] as const),
);

describe("stored events", () => {
  it.each(versions)("have a file for %s of version %i", (type, version) => {
    expect(goldenOf(type, version)).toMatchObject({ type, schemaVersion: version });
  });

  it("have no file that is misnamed, or of what we do not know", () => {
    const known = new Set(versions.map(([type, version]) => fileOf(type, version)));
    expect(golden.map(({ file }) => file).filter((file) => !known.has(file))).toEqual([]);
  });

  it.each(golden)("can be read: $file", ({ event }) => {
    expect(upcast(event).schemaVersion).toBe(schemaVersions.get(event.type));
  });

  it.each(golden)("have the members of today's shape once read: $file", ({ event }) => {
    const today = goldenOf(event.type, schemaVersions.get(event.type) ?? 0);
    expect(membersOf(upcast(event).data)).toEqual(membersOf(today?.data));
  });

  it("fold, each in its place, to what they say", () => {
    const inOrder = golden.map(({ event }) => event).sort((a, b) => a.revision - b.revision);
    const ofInstance = inOrder.filter(({ stream }) => stream === INSTANCE_STREAM);
    const ofApp = inOrder.filter(({ stream }) => stream !== INSTANCE_STREAM);

    const instance = folded<ReturnType<typeof instanceDecider.initialState>, InstanceEvent>(
      instanceDecider,
      ofInstance,
    );
    expect(instance.apps.get("shop")).toEqual({ name: "Shop" });
    expect(instance.adminToken?.tokenId).toBe("token_1");

    const app = folded<ReturnType<typeof appDecider.initialState>, AnyAppEvent>(appDecider, ofApp);
    expect(app).toMatchObject({ slug: "shop", name: "The shop", isArchived: false });
    expect(app.testUsers).toMatchObject({ count: 2 });
    expect(app.settings).toMatchObject({ mutuallyExclusiveExperiments: true, timeZone: "Europe/Berlin" });
    expect([...app.environments.values()]).toEqual([
      { name: "production", description: "", isArchived: false },
      { name: "staging", description: "For us.", isArchived: false },
    ]);
    expect([...app.tokens.values()]).toMatchObject([{ name: "Ann", role: "PUBLISHER", isRevoked: true }]);
    expect([...app.keys.values()]).toMatchObject([{ name: "colour", isArchived: false }]);
    expect([...app.segments.values()]).toMatchObject([{ name: "Half of Berlin", isArchived: false }]);
    expect([...app.goals.values()]).toMatchObject([{ name: "Paid", isArchived: false }]);
    const labels = { tags: ["checkout"], owner: "Team Checkout" };
    for (const things of [app.keys, app.segments, app.goals, app.configs]) {
      expect([...things.values()]).toMatchObject([{ labels }]);
    }
    const [config] = app.configs.values();
    expect(config).toMatchObject({ name: "Colours", isArchived: false });
    expect(config?.versions).toHaveLength(2);
    expect(config?.active.size).toBe(0);
    expect(config?.schedules.size).toBe(0);
    expect(config?.previews.size).toBe(0);
    const [flag] = app.flags.values();
    expect(flag).toMatchObject({ name: "Checkout", isArchived: false });
    expect(flag?.versions).toHaveLength(2);
    expect(flag?.active.size).toBe(0);
    expect(flag?.schedules.size).toBe(0);
    expect(app.disabledFlags.size).toBe(0);
    expect([...app.experiments.values()]).toMatchObject([
      { name: "Checkout colour", traffic: 50, isArchived: false, labels },
    ]);
  });

  it.each([...schemaVersions])("are made today in the shape of the file: %s", (type, version) => {
    const today = lived.find((event) => event.type === type);
    expect(today && shapeOf(today)).toEqual(shapeOf(goldenOf(type, version) ?? null));
  });
});

function folded<State, E>(
  decider: Pick<Decider<State, never, E>, "initialState" | "evolve">,
  events: readonly RecordedEvent[],
): State {
  return events.map(upcast).reduce((state, { type, data, revision, meta }) => {
    const facts = { revision, recordedAt: meta.recordedAt, actor: meta.actor };
    return decider.evolve(state, { type, data } as E, facts);
  }, decider.initialState());
}

const membersOf = (data: unknown): readonly string[] => Object.keys(data as object).sort();

/** Names and types, without the values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}
