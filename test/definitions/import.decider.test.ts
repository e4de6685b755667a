import { DEFINITION, definitionAfter, SHOP } from "./shopEvents";
import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import type { Definition, SegmentDefinition } from "../../src/definitions/definition.policy";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { ALL_RIGHTS } from "../support/deciding";
import { given, run } from "../configs/shop";

const importing = (changes: Partial<Definition> = {}, data: object = {}): AppCommand => ({
  type: "ImportApp",
  data: { definition: { ...DEFINITION, ...changes }, ...data },
});
const setting = { commandId: "i" };
const importedInto = (past: readonly AnyAppEvent[], changes: Partial<Definition> = {}, data: object = {}) =>
  given(...past).when(importing(changes, data), setting);
const imported = (changes: Partial<Definition> = {}, data: object = {}) => importedInto(SHOP, changes, data);
/** The types and notes of what an import comes to. */
const facts = ({ decision }: ReturnType<typeof imported>) =>
  decision.outcome === "accepted"
    ? decision.events.map(({ type, data }) => [type, "note" in data ? data.note : null])
    : decision.reasons.map(({ message }) => message);
const types = (asked: ReturnType<typeof imported>) => facts(asked).map(([type]) => type);
/** Each reason as its code, path and words. */
const reasons = ({ decision }: ReturnType<typeof imported>) =>
  decision.outcome === "refused"
    ? decision.reasons.map(({ code, path, message }) => `${code} ${path.join(".")}: ${message}`)
    : [];

const labels = { tags: [], owner: null, removeBy: null };
const segment = (id: string, name: string, condition: object): SegmentDefinition => ({
  ...{ id, name, description: "", condition: condition as SegmentDefinition["condition"] },
  ...labels,
});
const withSegments = (...more: SegmentDefinition[]) => ({ segments: [...DEFINITION.segments, ...more] });
const first = <Section extends "keys" | "segments" | "goals" | "configs" | "flags">(
  section: Section,
  changes: Partial<Definition[Section][number]>,
) => ({
  [section]: DEFINITION[section].map((thing, index) => (index === 0 ? { ...thing, ...changes } : thing)),
});
const withoutFirst = (section: "segments" | "goals" | "configs" | "flags" | "environments") => ({
  [section]: DEFINITION[section].slice(1),
});
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
    const after = run(SHOP, importing(wanted), setting);
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
    ["a key", first("keys", { description: "x" }), ["KeyEdited"]],
    ["a segment", first("segments", { description: "x" }), ["SegmentEdited"]],
    ["a goal", first("goals", { description: "x" }), ["GoalEdited"]],
    ["a config", first("configs", { description: "x" }), ["ConfigEdited"]],
    ["a flag", first("flags", { description: "x" }), ["FlagEdited"]],
    ["a key's labels", first("keys", { owner: "Web" }), ["KeyLabelled"]],
    ["a segment's labels", first("segments", { tags: ["t"] }), ["SegmentLabelled"]],
    ["a goal's labels", first("goals", { tags: ["t"] }), ["GoalLabelled"]],
    ["a config's labels", first("configs", { removeBy: "2027-01-01T00:00:00.000Z" }), ["ConfigLabelled"]],
    ["a flag's labels", first("flags", { owner: "Web" }), ["FlagLabelled"]],
    [
      "a config's name and labels",
      first("configs", { name: "C", owner: "Web" }),
      ["ConfigEdited", "ConfigLabelled"],
    ],
  ])("changes %s and nothing else", (_what, changes, expected) => {
    expect(facts(imported(changes, { note: "why" }))).toEqual(expected.map((type) => [type, "why"]));
    expect(definitionAfter(run(SHOP, importing(changes), setting))).toEqual({ ...DEFINITION, ...changes });
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
    const after = run(SHOP, importing(nothing), setting);
    expect(definitionAfter(after)).toEqual({ ...DEFINITION, ...nothing });
    // What is archived already stays so.
    importedInto(after, nothing).yieldsNothing();
  });

  it("restores by its id what was archived, and makes it what it is to be", () => {
    const archived = run(SHOP, importing({ segments: [], goals: [], configs: [], flags: [] }), setting);
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
      setting,
    );
    expect(types(importedInto(noKeys)).filter((type) => type?.startsWith("Key"))).toEqual([
      "KeyRestored",
      "KeyRestored",
      "KeyRestored",
    ]);
  });

  it("takes what no id names for the unarchived thing of that name", () => {
    imported(first("goals", { id: "by hand", name: " Bought " })).yieldsNothing();
    expect(types(imported(first("goals", { id: "by hand", name: "Sold" })))).toEqual([
      "GoalCreated",
      "GoalArchived",
    ]);
    const archived = run(SHOP, importing({ goals: [] }), setting);
    expect(types(importedInto(archived, first("goals", { id: "by hand" })))).toEqual(["GoalCreated"]);
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
      ...first("configs", { rules: rule ? [{ ...rule, segmentId: "outer" }] : [] }),
      ...first("flags", { rules: (flag?.rules ?? []).map((each) => ({ ...each, segmentId: null })) }),
    };
    const { segments, configs, flags } = definitionAfter(run(SHOP, importing(changes), setting));
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
    imported(first("configs", { keys, rules })).yieldsNothing();
  });

  it("says nothing of what stays as it is, and warns of all else", () => {
    imported(first("goals", { description: "x" })).warns();
    imported(first("configs", { rules: rule ? [{ ...rule, percentage: 0 }] : [] })).warns(
      "PERCENTAGE_ZERO definition.configs.0.rules.0.percentage",
    );
  });
});

describe("an import is refused", () => {
  it.each<readonly [string, Partial<Definition>, string]>([
    [
      "with a cycle of segments",
      withSegments(segment("x", "X", { $segment: "y" }), segment("y", "Y", { $segment: "x" })),
      'CYCLE definition.segments.2.condition: The segment would contain itself: "X" → "Y" → "X". Take one out of the condition of the one before it.',
    ],
    [
      "with a cycle of segments that another one leads to",
      withSegments(
        segment("w", "W", { $segment: "x" }),
        segment("x", "X", { $segment: "y" }),
        segment("y", "Y", { $segment: "x" }),
      ),
      'CYCLE definition.segments.3.condition: The segment would contain itself: "X" → "Y" → "X". Take one out of the condition of the one before it.',
    ],
    [
      "with a condition for a segment that it does not have",
      withSegments(segment("x", "X", { $segment: "nowhere" })),
      'NOT_FOUND definition.segments.2.condition: The definition has no segment with the id "nowhere"; add it, or name another one.',
    ],
    [
      "with a config's rule for a segment that it does not have",
      first("configs", { rules: rule ? [{ ...rule, segmentId: "nowhere" }] : [] }),
      'NOT_FOUND definition.configs.0.rules.0.segmentId: The definition has no segment with the id "nowhere"; add it, or name another one.',
    ],
    [
      "with a flag's rule for a segment that it does not have",
      first("flags", { rules: (flag?.rules ?? []).map((each) => ({ ...each, segmentId: "n".repeat(300) })) }),
      `NOT_FOUND definition.flags.0.rules.0.segmentId: The definition has no segment with the id "${"n".repeat(200)}"; add it, or name another one.`,
    ],
    [
      "with two keys of one name",
      { keys: [...DEFINITION.keys, ...DEFINITION.keys.slice(0, 1)] },
      'INVALID definition.keys.3.name: The name "checkout" stands here twice; give one of them another.',
    ],
    [
      "with two segments of one name, but for spaces",
      withSegments(segment("x", " Berliners ", {})),
      'INVALID definition.segments.2.name: The name "Berliners" stands here twice; give one of them another.',
    ],
    [
      "with two things of one id",
      withSegments(segment("segment_shop_c50", "X", {})),
      'INVALID definition.segments.2.id: The id "segment_shop_c50" stands here twice; give one of them another.',
    ],
    [
      "with two things of one long name",
      withSegments(segment("x", "n".repeat(300), {}), segment("y", "n".repeat(300), {})),
      `INVALID definition.segments.3.name: The name "${"n".repeat(200)}" stands here twice; give one of them another.`,
    ],
    [
      "with two rules of one id, even in a config and a flag",
      first("flags", { rules: (flag?.rules ?? []).map((each) => ({ ...each, id: rule?.id ?? "" })) }),
      'INVALID definition.flags.0.rules.0.id: The id "rule_shop_c80" stands here twice; give one of them another.',
    ],
    [
      "with a key of another type",
      first("keys", { type: "INTEGER", defaultValue: 1 }),
      'INVALID definition.keys.0.type: Key "checkout" is of type BOOLEAN for ever; leave it so, or choose another name.',
    ],
  ])("%s", (_what, changes, reason) => {
    expect(reasons(imported(changes))).toEqual([reason]);
  });

  it("with what the single commands refuse, at its place in the definition", () => {
    const values = [{ key: "colour", value: 7 }];
    imported(first("configs", { rules: rule ? [{ ...rule, values }] : [] })).isRefusedWith({
      code: "INVALID",
      path: ["definition", "configs", "0", "rules", "0", "values", "0", "value"],
    });
    imported(withoutFirst("environments")).isRefusedWith({
      code: "IN_USE",
      path: ["definition", "environments"],
    });
    imported({ keys: DEFINITION.keys.slice(1) }).isRefusedWith({
      code: "IN_USE",
      path: ["definition", "keys"],
    });
    const segments = DEFINITION.segments.filter(({ name }) => name !== "Berliners");
    expect(reasons(imported({ segments })).map((reason) => reason.split(":")[0])).toEqual([
      "NOT_FOUND definition.segments.0.condition",
      "NOT_FOUND definition.configs.0.rules.0.segmentId",
      "NOT_FOUND definition.flags.0.rules.0.segmentId",
    ]);
  });

  it("because an environment, key or thing that it restores is not as it was", () => {
    const archived = run(SHOP, importing({ flags: [] }), setting);
    const taken = run(archived, {
      type: "CreateFlag",
      data: { name: "Other", key: "checkout", rules: [] },
    });
    const [other] = definitionAfter(taken).flags;
    importedInto(taken, { flags: [...DEFINITION.flags, ...(other ? [other] : [])] }).isRefusedWith({
      path: ["definition", "flags", "0"],
    });
  });

  it("with too long a note, said once", () => {
    expect(reasons(imported({ keys: [] }, { note: "x".repeat(NOTE_LENGTH_MAX + 1) }))).toHaveLength(1);
    expect(reasons(imported({}, { note: "x".repeat(NOTE_LENGTH_MAX) }))).toEqual([]);
  });

  it("with all its faults at once, but for so many", () => {
    const segments = Array.from({ length: 250 }, (_, n) =>
      segment(`s${n}`, `S${n}`, { $segment: "nowhere" }),
    );
    const told = reasons(imported({ segments, configs: [], flags: [] }));
    expect(told).toHaveLength(200);
    expect(told.at(-1)).toBe("INVALID : There are 51 more reasons; mend these first.");
  });
});

describe("by what it comes to, an import takes the rights of the single acts", () => {
  const may = (...rights: string[]) => ({ ...setting, rights: new Set(rights) });
  const asked = (changes: Partial<Definition>, ...rights: string[]) =>
    reasons(given(...SHOP).when(importing(changes), may(...rights)));
  const forbidden = (right: string, act: string) =>
    `FORBIDDEN definition: This ${act}, which takes the right ${right}. Leave that as it is, or ask somebody who has it.`;
  const archives = forbidden("PUBLISH", "archives something, or restores a config or flag");
  const administers = forbidden("ADMINISTER", "changes the app's name, settings or environments");

  it("takes only EDIT for what is not live", () => {
    expect(asked(first("goals", { description: "x" }), "READ", "EDIT")).toEqual([]);
  });

  it.each<readonly [string, Partial<Definition>]>([
    ["a goal", { goals: [] }],
    ["a segment", { segments: DEFINITION.segments.filter(({ name }) => name !== "A few") }],
    ["a config", { configs: [] }],
    ["a flag", { flags: [] }],
    ["a key", { keys: DEFINITION.keys.filter(({ name }) => name !== "checkout"), flags: [] }],
  ])("takes PUBLISH to archive %s", (_what, changes) => {
    expect(asked(changes, "READ", "EDIT")).toEqual([archives]);
    expect(asked(changes, "READ", "EDIT", "PUBLISH")).toEqual([]);
  });

  it.each<readonly [string, Partial<Definition>]>([
    ["the app's name", { app: { ...DEFINITION.app, name: "Store" } }],
    ["the settings", { app: { ...DEFINITION.app, settings: { mutuallyExclusiveExperiments: true } } }],
    ["environments", { environments: [...DEFINITION.environments, { name: "test", description: "" }] }],
    ["an environment", { environments: DEFINITION.environments.map((e) => ({ ...e, description: "x" })) }],
    ["which environments there are", { environments: DEFINITION.environments.slice(0, 1) }],
  ])("takes ADMINISTER to change %s", (_what, changes) => {
    expect(asked(changes, "READ", "EDIT", "PUBLISH")).toEqual([administers]);
    expect(asked(changes, ...ALL_RIGHTS)).toEqual([]);
  });

  it("tells each right that is missing once", () => {
    expect(
      asked({ app: { ...DEFINITION.app, name: "Store" }, flags: [], goals: [] }, "READ", "EDIT"),
    ).toEqual([administers, archives]);
  });
});
