import { DEFINITION, definitionAfter, SHOP } from "./shopEvents";
import { IMPORT, imported, importedInto, importing, segment, withFirst, withSegments } from "./importing";
import type { Definition } from "../../src/definitions/definition.policy";
import { run } from "../configs/shop";

/** The types and notes of what an import comes to. */
const facts = ({ decision }: ReturnType<typeof imported>) =>
  decision.outcome === "accepted"
    ? decision.events.map(({ type, data }) => [type, "note" in data ? data.note : null])
    : decision.reasons.map(({ message }) => message);
const types = (asked: ReturnType<typeof imported>) => facts(asked).map(([type]) => type);

const [key] = DEFINITION.keys.slice(1);
const [config] = DEFINITION.configs;
const [flag] = DEFINITION.flags;
const [rule] = config?.rules ?? [];
const newKey = { ...key, name: "size", type: "INTEGER", defaultValue: 3 } as Definition["keys"][number];

describe("importing a definition", () => {
  it("changes nothing where the app is that already", () => imported().yieldsNothing());

  it("is only for apps that there are", () => {
    expect(importedInto([]).decision).toMatchObject({ reasons: [{ code: "NOT_FOUND" }] });
    expect(importedInto([...SHOP, { type: "AppArchived", data: { note: "" } }]).decision).toMatchObject({
      reasons: [{ code: "ARCHIVED" }],
    });
  });

  it("takes an app's revision as the condition on which it is made", () => {
    const at = SHOP.length - 1;
    imported({}, { expectedRevision: at }).yieldsNothing();
    for (const expected of [at - 1, at + 1]) {
      expect(imported({}, { expectedRevision: expected }).decision).toMatchObject({
        reasons: [
          {
            code: "VERSION_CONFLICT",
            path: ["expectedRevision"],
            message: expect.stringContaining(`at revision ${at} and not at ${expected}`) as string,
            versions: { expected, actual: at },
          },
        ],
      });
    }
  });

  it("leaves a setting that it says nothing of as it is", () => {
    const app = { name: "Shop", settings: { mutuallyExclusiveExperiments: false } };
    imported({ app }).yieldsNothing();
  });

  it("refuses a time zone that there is not, and says where it stands", () => {
    const app = { name: "Shop", settings: { mutuallyExclusiveExperiments: false, timeZone: "Mars/Base" } };
    expect(imported({ app }).decision).toMatchObject({
      reasons: [{ code: "INVALID", path: ["definition", "app", "settings", "timeZone"] }],
    });
  });

  it("changes the app itself, its settings and its environments", () => {
    const settings = { mutuallyExclusiveExperiments: true };
    const environments = [
      { name: "production", description: "Live." },
      { name: "test", description: "" },
    ];
    expect(facts(imported({ app: { name: "Store", settings }, environments }, { note: "why" }))).toEqual([
      ["AppEdited", "why"],
      ["AppSettingsUpdated", "why"],
      ["EnvironmentEdited", "why"],
      ["EnvironmentCreated", "why"],
      ["EnvironmentArchived", "why"],
    ]);
  });

  it("restores an environment, and edits it only if it is another", () => {
    const past = run(SHOP, { type: "ArchiveEnvironment", data: { name: "staging" } });
    expect(types(importedInto(past))).toEqual(["EnvironmentRestored"]);
    const environments = DEFINITION.environments.map((known) => ({ ...known, description: "Ours." }));
    expect(types(importedInto(past, { environments }))).toEqual([
      "EnvironmentEdited",
      "EnvironmentRestored",
      "EnvironmentEdited",
    ]);
  });

  it.each([
    ["a key", { keys: [...DEFINITION.keys, newKey] }, ["KeyCreated"]],
    ["a segment", withSegments(segment("new", "New", { city: "Oslo" })), ["SegmentCreated"]],
    [
      "a goal",
      { goals: [...DEFINITION.goals, ...DEFINITION.goals.map((goal) => ({ ...goal, id: "g", name: "G" }))] },
      ["GoalCreated"],
    ],
    [
      "a config",
      {
        keys: [...DEFINITION.keys, newKey],
        configs: [...DEFINITION.configs, { ...config, id: "c", name: "C", keys: ["size"], rules: [] }],
      },
      ["KeyCreated", "ConfigCreated"],
    ],
    [
      "a flag",
      {
        keys: [...DEFINITION.keys, { ...newKey, type: "BOOLEAN", defaultValue: true }],
        flags: [...DEFINITION.flags, { ...flag, id: "f", name: "F", key: "size", rules: [] }],
      },
      ["KeyCreated", "FlagCreated"],
    ],
  ])("creates %s that is new, with its labels and its note", (_what, changes, expected) => {
    const wanted = changes as Partial<Definition>;
    expect(facts(imported(wanted, { note: "why" }))).toEqual(expected.map((type) => [type, "why"]));
    const after = run(SHOP, importing(wanted), IMPORT);
    // What the things are in it is what was wanted, whatever their ids.
    const nameless = (definition: Definition) =>
      JSON.parse(JSON.stringify(definition).replace(/"id":"[^"]*"|"seed":"[^"]*"/g, '"id":""')) as object;
    const sorted = <Thing extends { name: string }>(things: readonly Thing[]) =>
      [...things].sort((a, b) => (a.name < b.name ? -1 : 1));
    const sections = Object.fromEntries(
      Object.entries(wanted).map(([section, things]) => [
        section,
        sorted(things as unknown as { name: string }[]),
      ]),
    );
    expect(nameless(definitionAfter(after))).toEqual(nameless({ ...DEFINITION, ...sections }));
  });

  it.each([
    ["a key", withFirst("keys", { description: "x" }), ["KeyEdited"]],
    ["a segment", withFirst("segments", { description: "x" }), ["SegmentEdited"]],
    ["a goal", withFirst("goals", { description: "x" }), ["GoalEdited"]],
    ["a config", withFirst("configs", { description: "x" }), ["ConfigEdited"]],
    ["a flag", withFirst("flags", { description: "x" }), ["FlagEdited"]],
    ["a key's labels", withFirst("keys", { owner: "Web" }), ["KeyLabelled"]],
    ["a segment's labels", withFirst("segments", { tags: ["t"] }), ["SegmentLabelled"]],
    ["a goal's labels", withFirst("goals", { tags: ["t"] }), ["GoalLabelled"]],
    ["a config's labels", withFirst("configs", { removeBy: "2027-01-01T00:00:00.000Z" }), ["ConfigLabelled"]],
    ["a flag's labels", withFirst("flags", { owner: "Web" }), ["FlagLabelled"]],
    [
      "a config's name and labels",
      withFirst("configs", { name: "C", owner: "Web" }),
      ["ConfigEdited", "ConfigLabelled"],
    ],
  ])("changes %s and nothing else", (_what, changes, expected) => {
    expect(facts(imported(changes, { note: "why" }))).toEqual(expected.map((type) => [type, "why"]));
    expect(definitionAfter(run(SHOP, importing(changes), IMPORT))).toEqual({ ...DEFINITION, ...changes });
  });

  it("archives what is not in it: first what uses, then what is used", () => {
    const nothing = { keys: [], segments: [], goals: [], configs: [], flags: [] };
    expect(facts(imported(nothing, { note: "why" }))).toEqual(
      [
        ...["ConfigUnpublished", "ConfigArchived", "FlagUnpublished", "FlagArchived"],
        ...["SegmentArchived", "SegmentArchived", "GoalArchived"],
        ...["KeyArchived", "KeyArchived", "KeyArchived"],
      ].map((type) => [type, "why"]),
    );
    const after = run(SHOP, importing(nothing), IMPORT);
    expect(definitionAfter(after)).toEqual({ ...DEFINITION, ...nothing });
    // What is archived already stays so.
    importedInto(after, nothing).yieldsNothing();
  });

  it("restores by its id what was archived, and makes it what it is to be", () => {
    const archived = run(SHOP, importing({ segments: [], goals: [], configs: [], flags: [] }), IMPORT);
    expect(types(importedInto(archived)).sort()).toEqual([
      "ConfigRestored",
      "FlagRestored",
      "GoalRestored",
      "SegmentRestored",
      "SegmentRestored",
    ]);
    const noKeys = run(
      archived,
      importing({ keys: [], segments: [], goals: [], configs: [], flags: [] }),
      IMPORT,
    );
    expect(types(importedInto(noKeys)).filter((type) => type?.startsWith("Key"))).toEqual([
      "KeyRestored",
      "KeyRestored",
      "KeyRestored",
    ]);
  });

  it("takes what no id names for the unarchived thing of that name", () => {
    imported(withFirst("goals", { id: "by hand", name: " Bought " })).yieldsNothing();
    expect(types(imported(withFirst("goals", { id: "by hand", name: "Sold" })))).toEqual([
      "GoalCreated",
      "GoalArchived",
    ]);
    const archived = run(SHOP, importing({ goals: [] }), IMPORT);
    expect(types(importedInto(archived, withFirst("goals", { id: "by hand" })))).toEqual(["GoalCreated"]);
  });

  it("takes nothing for two: what an id names is not found by name, too", () => {
    const [goal] = DEFINITION.goals;
    if (!goal) throw new Error("there is a goal");
    const goals = [
      { ...goal, name: "Renamed" },
      { ...goal, id: "by hand", name: "Bought" },
    ];
    expect(types(imported({ goals }))).toEqual(["GoalEdited", "GoalCreated"]);
  });

  it("names segments by their handles, in whatever order they stand", () => {
    const changes = {
      ...withSegments(
        segment("outer", "Outer", { $not: { $segment: "inner" } }),
        segment("inner", "Inner", { city: "Oslo" }),
      ),
      ...withFirst("configs", { rules: rule ? [{ ...rule, segmentId: "outer" }] : [] }),
      ...withFirst("flags", { rules: (flag?.rules ?? []).map((each) => ({ ...each, segmentId: null })) }),
    };
    const { segments, configs, flags } = definitionAfter(run(SHOP, importing(changes), IMPORT));
    const idOf = (name: string) => segments.find((each) => each.name === name)?.id;
    expect(segments.find(({ name }) => name === "Outer")?.condition).toEqual({
      $not: { $segment: idOf("Inner") },
    });
    expect(configs[0]?.rules[0]?.segmentId).toBe(idOf("Outer"));
    expect(flags[0]?.rules[0]?.segmentId).toBeNull();
  });

  it("finds no change in the order of a config's keys and values", () => {
    const keys = ["title", "colour"];
    const rules = (config?.rules ?? []).map((each) => ({ ...each, values: [...each.values].reverse() }));
    imported(withFirst("configs", { keys, rules })).yieldsNothing();
  });

  it("says nothing of what stays as it is, and warns of all else", () => {
    imported(withFirst("goals", { description: "x" })).warns();
    // Said by the flag's own command, if it were the only one.
    imported(withFirst("flags", { owner: "Web" })).warns();
    imported(withFirst("configs", { rules: rule ? [{ ...rule, percentage: 0 }] : [] })).warns(
      "PERCENTAGE_ZERO definition.configs.0.rules.0.percentage",
    );
  });
});
