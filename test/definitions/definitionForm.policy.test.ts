import { DEFINITION } from "./shopEvents";
import type { Definition, Section } from "../../src/definitions/definition.policy";
import { checkDefinitionForm, FORM_FAULTS_MAX } from "../../src/definitions/definitionForm.policy";
import { HANDLE_LENGTH_MAX, SECTION_ITEMS_MAX } from "../../src/definitions/definitionSchema.policy";
import type { JsonObject } from "../../src/lib/json";

const check = (input: unknown) => checkDefinitionForm(input as JsonObject);
/** Each as its code, the path and the words. */
const faults = (input: unknown) =>
  check(input).reasons.map(({ code, path, message }) => `${code} ${path.join(".")}: ${message}`);

/** The definition with the first thing of a list made into another. */
const withFirst = (section: Section, changes: object): Definition => ({
  ...DEFINITION,
  [section]: DEFINITION[section].map((thing, index) => (index === 0 ? { ...thing, ...changes } : thing)),
});
const [rule] = DEFINITION.configs[0]?.rules ?? [];
const withRule = (changes: object) => withFirst("configs", { rules: [{ ...rule, ...changes }] });

describe("the form of a definition", () => {
  it("is right for what was exported", () => {
    expect(check(DEFINITION)).toEqual({ definition: DEFINITION, reasons: [] });
  });

  it.each<readonly [string, unknown, string]>([
    ["that is no object", [], "INVALID definition: This must be object."],
    [
      "with a field that there is not",
      { ...DEFINITION, kys: [] },
      'INVALID definition.kys: This must not have the member "kys".',
    ],
    [
      "with a member named __proto__",
      JSON.parse(JSON.stringify(DEFINITION).replace('"format"', '"__proto__":{},"format"')),
      'INVALID definition.__proto__: This must not have the member "__proto__".',
    ],
    [
      "without one of the lists",
      { ...DEFINITION, goals: undefined },
      "INVALID definition.goals: This must have required property 'goals'.",
    ],
    [
      "with a list that is none",
      { ...DEFINITION, goals: {} },
      "INVALID definition.goals: This must be array.",
    ],
    [
      "of another schema version",
      { ...DEFINITION, schemaVersion: 2 },
      "INVALID definition.schemaVersion: This must be 1.",
    ],
    [
      "of another format",
      { ...DEFINITION, format: "x" },
      'INVALID definition.format: This must be "product-experiences/app".',
    ],
    [
      "with a setting that there is not",
      { ...DEFINITION, app: { ...DEFINITION.app, settings: { mutuallyExclusiveExperiments: false, x: 1 } } },
      'INVALID definition.app.settings.x: This must not have the member "x".',
    ],
    [
      "with a thing that is none",
      { ...DEFINITION, keys: [7] },
      "INVALID definition.keys.0: This must be object.",
    ],
    [
      "with a rule's member that there is not",
      withRule({ percent: 3 }),
      'INVALID definition.configs.0.rules.0.percent: This must not have the member "percent".',
    ],
    [
      "with a rule's percentage as text",
      withRule({ percentage: "3" }),
      "INVALID definition.configs.0.rules.0.percentage: This must be number.",
    ],
    [
      "with a condition that is no object",
      withFirst("segments", { condition: "everyone" }),
      "INVALID definition.segments.0.condition: This must be object.",
    ],
    [
      "with an event's condition that is no object",
      withFirst("goals", { events: [{ name: "Charged", where: 1 }] }),
      "INVALID definition.goals.0.events.0.where: This must be null.",
    ],
    [
      "with a type that no key has",
      withFirst("keys", { type: "TEXT" }),
      'INVALID definition.keys.0.type: This must be equal to one of the allowed values: ["STRING","INTEGER","DOUBLE","FLOAT","BOOLEAN","ARRAY","MAP","RECOMMENDATION"].',
    ],
    [
      "with a flag's value as text",
      withFirst("flags", { rules: [{ ...DEFINITION.flags[0]?.rules[0], value: "on" }] }),
      "INVALID definition.flags.0.rules.0.value: This must be boolean.",
    ],
    [
      "with tags that are no list",
      withFirst("environments", { tags: [] }),
      'INVALID definition.environments.0.tags: This must not have the member "tags".',
    ],
  ])("is refused %s", (_what, input, fault) => {
    expect(faults(input)).toContainEqual(fault);
    expect(check(input).definition).toBeNull();
  });

  it("shows at most 200 characters of a member that should not be there", () => {
    const [reason] = check({ ...DEFINITION, ["k".repeat(300)]: 1 }).reasons;
    expect(reason?.path).toEqual(["definition", "k".repeat(200)]);
  });

  it("bounds ids and seeds", () => {
    expect(faults(withRule({ id: "i".repeat(HANDLE_LENGTH_MAX), seed: "s" }))).toEqual([]);
    expect(faults(withRule({ seed: "i".repeat(HANDLE_LENGTH_MAX + 1) }))).toHaveLength(1);
    expect(faults(withRule({ id: "" }))).toHaveLength(1);
    expect(faults(withFirst("segments", { id: "" }))).toHaveLength(1);
  });

  it("lets a rule added by hand leave out its id and seed, and nothing else", () => {
    expect(faults(withRule({ id: undefined, seed: undefined }))).toEqual([]);
    for (const member of ["segmentId", "percentage", "bucketBy", "bucketByFallback", "values"]) {
      expect(faults(withRule({ [member]: undefined }))).toHaveLength(1);
    }
  });

  it.each<Section>(["environments", "keys", "segments", "goals", "configs", "flags"])(
    "bounds the list of %s before it looks at the things in it",
    (section) => {
      const most = SECTION_ITEMS_MAX[section];
      const of = (count: number) => ({ ...DEFINITION, [section]: Array.from({ length: count }, () => 7) });
      expect(faults(of(most + 1))).toEqual([
        `LIMIT_REACHED definition.${section}: An app has at most ${most} ${section} that are not archived; these are ${most + 1}. Leave some out.`,
      ]);
      expect(faults(of(most))[0]).toBe(`INVALID definition.${section}.0: This must be object.`);
    },
  );

  it("tells a bounded number of faults, the first of each thing", () => {
    const faulty = (count: number) => ({
      ...DEFINITION,
      keys: Array.from({ length: count }, () => ({})),
      goals: [{}],
    });
    expect(faults(faulty(FORM_FAULTS_MAX - 2))).toHaveLength(FORM_FAULTS_MAX - 1);
    expect(faults(faulty(FORM_FAULTS_MAX + 1))).toHaveLength(FORM_FAULTS_MAX);
  });

  it("takes dates in any form of ISO 8601 and keeps them in one", () => {
    for (const section of ["keys", "segments", "goals", "configs", "flags"] as const) {
      const { definition } = check(withFirst(section, { removeBy: "2027-01-01T01:00+01:00" }));
      expect(definition?.[section][0]?.removeBy).toBe("2027-01-01T00:00:00.000Z");
    }
  });

  it("takes dates from 1970 to 9999", () => {
    const from = (removeBy: string) => faults(withFirst("keys", { removeBy }));
    const refused =
      'INVALID definition.keys.0.removeBy: A date is ISO 8601 with a time zone, as "2026-01-05T10:00:00Z", in the years 1970 to 9999.';
    for (const date of ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"]) expect(from(date)).toEqual([]);
    for (const date of ["1969-12-31T23:59:59.999Z", "+010000-01-01T00:00:00Z", "tomorrow"]) {
      expect(from(date)).toEqual([refused]);
    }
  });
});
