import { FLAGS_PER_APP_MAX } from "../../src/flags/flagRules.policy";
import { RULES_MAX } from "../../src/releases/ruleForm.policy";
import {
  CONFIG,
  content as configContent,
  createConfig,
  created as configCreated,
  archivedConfig,
  edited as configEdited,
  given,
  key,
  keyArchived,
  MIAMI,
  NY,
  published as configPublished,
  segmentArchived,
} from "../configs/shop";
import { APP, FLAG, NEW_FLAG, archived, content, createFlag, created, editFlag, edited, rule } from "./flags";

const newRule = (n: number, changes = {}) =>
  rule(`rule_shop_command${n}`, { seed: `seed_shop_command${n}`, ...changes });

describe("creating a flag", () => {
  it("saves version 1 with an id and a seed for each rule, which gives true unless it says false", () => {
    const rules = [{ segmentId: NY, percentage: 20 }, { segmentId: MIAMI, value: false }, { value: null }];
    given(...APP)
      .when(createFlag({ rules, description: "why", note: "first" }))
      .yields({
        type: "FlagCreated",
        data: {
          id: NEW_FLAG,
          version: 1,
          name: "New checkout",
          description: "why",
          note: "first",
          references: { keys: ["new_checkout"], segments: [MIAMI, NY] },
          content: content([
            newRule(0, { segmentId: NY, percentage: 20 }),
            newRule(1, { segmentId: MIAMI, value: false }),
            newRule(2),
          ]),
        },
      });
  });

  it("takes no rule at all: everybody gets the default", () => {
    given(...APP)
      .when(createFlag({ rules: [] }))
      .yields(created({ id: NEW_FLAG, content: content([]) }));
  });

  it.each(["STRING", "INTEGER", "DOUBLE", "FLOAT", "ARRAY", "MAP"] as const)(
    "refuses a key of type %s",
    (type) => {
      given(...APP, key("other", type))
        .when(createFlag({ key: "other" }))
        .isRefusedWith({ code: "INVALID", path: ["key"], message: expect.stringContaining(type) });
    },
  );

  it("refuses a key that is not there, archived, or named like what objects inherit", () => {
    for (const name of ["ghost", "__proto__", "constructor", ""]) {
      given(...APP)
        .when(createFlag({ key: name }))
        .isRefusedWith({ code: "NOT_FOUND", path: ["key"] });
    }
    given(...APP, keyArchived("new_checkout"))
      .when(createFlag())
      .isRefusedWith({ code: "ARCHIVED", path: ["key"] });
  });

  it.each([-0.01, 100.01, 0.001, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses a percentage of %d",
    (percentage) => {
      given(...APP)
        .when(createFlag({ rules: [{ value: true }, { percentage }] }))
        .isRefusedWith({ code: "INVALID", path: ["rules", "1", "percentage"] });
    },
  );

  it.each([0, 0.01, 99.99, 100])("takes a percentage of %d", (percentage) => {
    expect(given(...APP).when(createFlag({ rules: [{ percentage }] })).decision.outcome).toBe("accepted");
  });

  it("bounds its rules and names a segment that cannot be used, each by its path", () => {
    const rules = (count: number) => Array.from({ length: count }, () => ({}));
    expect(given(...APP).when(createFlag({ rules: rules(RULES_MAX) })).decision.outcome).toBe("accepted");
    given(...APP)
      .when(createFlag({ rules: rules(RULES_MAX + 1) }))
      .isRefusedWith({ code: "LIMIT_REACHED", path: ["rules"] });
    given(...APP, segmentArchived(NY))
      .when(createFlag({ rules: [{ segmentId: NY }, { segmentId: "ghost" }] }))
      .isRefusedWith(
        { code: "ARCHIVED", path: ["rules", "0", "segmentId"] },
        { code: "NOT_FOUND", path: ["rules", "1", "segmentId"] },
      );
  });

  it("refuses a value that the key's schema does not allow", () => {
    const onlyFalse = key("off", "BOOLEAN", { defaultValue: false, valueSchema: { const: false } });
    given(...APP, onlyFalse)
      .when(createFlag({ key: "off", rules: [{ value: false }, { value: true }] }))
      .isRefusedWith({ code: "INVALID", path: ["rules", "1", "value"] });
  });

  it("refuses a name that another flag has, and takes that of a config", () => {
    given(...APP, created())
      .when(createFlag({ key: "beta" }))
      .isRefusedWith({ code: "TAKEN", path: ["name"] });
    given(...APP, configCreated({ name: "New checkout" }))
      .when(createFlag())
      .yields(created({ id: NEW_FLAG, content: content([newRule(0)]) }));
  });

  it(`refuses flag ${FLAGS_PER_APP_MAX + 1} of an app`, () => {
    const flags = (count: number) =>
      Array.from({ length: count }, (_, n) => [
        key(`k${n}`, "BOOLEAN", { defaultValue: false }),
        created({ id: `flag_shop_${n}`, name: `flag ${n}`, content: content([], `k${n}`) }),
      ]).flat();
    expect(given(...APP, ...flags(FLAGS_PER_APP_MAX - 1)).when(createFlag()).decision.outcome).toBe(
      "accepted",
    );
    given(...APP, ...flags(FLAGS_PER_APP_MAX))
      .when(createFlag())
      .isRefused("LIMIT_REACHED");
    expect(
      given(...APP, ...flags(FLAGS_PER_APP_MAX), archived("flag_shop_7")).when(createFlag()).decision.outcome,
    ).toBe("accepted");
  });
});

describe("a key", () => {
  const flagOf = { kind: "Flag", id: FLAG, name: "New checkout" };
  const configOf = { kind: "Config", id: CONFIG, name: "dark mode" };
  const config = configCreated({ content: configContent([], ["new_checkout"]) });

  it("is in one flag only", () => {
    given(...APP, created())
      .when(createFlag({ name: "other" }))
      .isRefusedWith({ code: "IN_USE", path: ["key"], usedBy: [flagOf] });
  });

  it("is in a config or a flag, and not in both, whichever comes first", () => {
    given(...APP, created())
      .when(createConfig({ keys: ["new_checkout"], rules: [] }))
      .isRefusedWith({
        code: "IN_USE",
        path: ["keys", "0"],
        message: expect.stringContaining(`belongs to the flag "New checkout"`),
        usedBy: [flagOf],
      });
    given(...APP, config)
      .when(createFlag())
      .isRefusedWith({
        code: "IN_USE",
        path: ["key"],
        message: expect.stringContaining(`belongs to the config "dark mode"`),
        usedBy: [configOf],
      });
  });

  it("stays with a config whose latest version let go of it while an active one has it", () => {
    const past = [
      ...APP,
      config,
      configPublished(1),
      configEdited(2, { content: configContent([], ["title"]) }),
    ];
    given(...past)
      .when(createFlag())
      .isRefusedWith({ code: "IN_USE", usedBy: [configOf] });
  });

  it("is free again once the other is archived", () => {
    expect(given(...APP, config, archivedConfig()).when(createFlag()).decision.outcome).toBe("accepted");
    expect(
      given(...APP, created(), archived()).when(createConfig({ keys: ["new_checkout"], rules: [] })).decision
        .outcome,
    ).toBe("accepted");
  });

  it("of a flag cannot be archived, and says whose it is", () => {
    given(...APP, created())
      .when({ type: "ArchiveKey", data: { name: "new_checkout" } })
      .isRefusedWith({ code: "IN_USE", usedBy: [flagOf] });
  });

  it("of a flag takes no schema that a value in use fails", () => {
    given(...APP, created({ content: content([rule("r1", { value: false }), rule("r2")]) }))
      .when({ type: "EditKey", data: { name: "new_checkout", valueSchema: { const: false } } })
      .isRefusedWith({
        code: "IN_USE",
        message: expect.stringContaining(`rule 2 of version 1 of "New checkout"`),
        usedBy: [flagOf],
      });
  });
});

describe("a segment of a flag", () => {
  it("cannot be archived, and says whose it is", () => {
    given(...APP, created({ content: content([rule("r1", { segmentId: NY })]) }))
      .when({ type: "ArchiveSegment", data: { id: NY } })
      .isRefusedWith({ code: "IN_USE", usedBy: [{ kind: "Flag", id: FLAG }] });
  });
});

describe("editing a flag", () => {
  const past = [...APP, created({ content: content([rule("r1", { percentage: 20 }), rule("r2")]) })];

  it("saves the next version; what is left out stays", () => {
    given(...past)
      .when(editFlag({ name: "Checkout" }))
      .yields(
        edited(2, { name: "Checkout", content: content([rule("r1", { percentage: 20 }), rule("r2")]) }),
      );
    given(...past)
      .when(editFlag({ key: "beta" }))
      .yields(edited(2, { content: content([rule("r1", { percentage: 20 }), rule("r2")], "beta") }));
  });

  it("keeps the seed of a rule that it names, whatever else of it changes", () => {
    const rules = [
      { id: "r2", value: false, percentage: 5 },
      { id: "r1", percentage: 30, segmentId: MIAMI },
    ];
    given(...past)
      .when(editFlag({ rules }))
      .yields(
        edited(2, {
          content: content([
            rule("r2", { value: false, percentage: 5 }),
            rule("r1", { percentage: 30, segmentId: MIAMI }),
          ]),
        }),
      );
  });

  it("knows a rule again that says the same, and takes one that gives another value for a new one", () => {
    given(...past)
      .when(editFlag({ rules: [{ percentage: 20, value: true }, {}] }))
      .yieldsNothing();
    given(...past)
      .when(editFlag({ rules: [{ percentage: 20, value: false }, {}] }))
      .yields(edited(2, { content: content([newRule(0, { percentage: 20, value: false }), rule("r2")]) }));
  });

  it("refuses an unknown flag, the id of a config, an archived flag and a version that moved", () => {
    given(...APP)
      .when(editFlag({ name: "x" }))
      .isRefusedWith({ code: "NOT_FOUND", path: ["flagId"] });
    given(...APP, configCreated())
      .when(editFlag({ id: CONFIG, name: "x" }))
      .isRefusedWith({ code: "NOT_FOUND", path: ["flagId"] });
    given(...past, archived())
      .when(editFlag({ name: "x" }))
      .isRefusedWith({ code: "ARCHIVED", path: ["flagId"] });
    given(...past, edited(2))
      .when(editFlag({ name: "x", expectedVersion: 1 }))
      .isRefusedWith({ code: "VERSION_CONFLICT", versions: { expected: 1, actual: 2 } });
  });
});
