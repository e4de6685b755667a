import { CONFIGS_PER_APP_MAX } from "../../src/configs/config.decider";
import { KEYS_PER_CONFIG_MAX } from "../../src/configs/configForm.policy";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import {
  REASONS_MAX,
  RELEASE_DESCRIPTION_LENGTH_MAX,
  RELEASE_NAME_LENGTH_MAX,
} from "../../src/releases/releaseRules.policy";
import { BUCKET_BY_LENGTH_MAX, CONTENT_BYTES_MAX, RULES_MAX } from "../../src/releases/ruleForm.policy";
import {
  APP,
  CONFIG,
  MIAMI,
  NEW_CONFIG,
  NY,
  archivedConfig,
  content,
  createConfig,
  created,
  draft,
  editConfig,
  edited,
  given,
  key,
  keyArchived,
  published,
  rule,
  segmentArchived,
  unpublished,
} from "./shop";

const newRule = (n: number, changes = {}) =>
  rule(`rule_shop_command${n}`, { seed: `seed_shop_command${n}`, ...changes });

describe("creating a config", () => {
  it("saves version 1 with an id and a seed for each rule", () => {
    const rules = [draft({ dark_mode: 4 }, { segmentId: NY }), draft({ dark_mode: 5 }, { percentage: 30 })];
    given(...APP)
      .when(createConfig({ rules, description: "why", note: "first" }))
      .yields({
        type: "ConfigCreated",
        data: {
          id: NEW_CONFIG,
          version: 1,
          name: "dark mode",
          description: "why",
          note: "first",
          references: { keys: ["dark_mode"], segments: [NY] },
          content: content([
            newRule(0, { segmentId: NY }),
            newRule(1, { percentage: 30, values: [{ key: "dark_mode", value: 5 }] }),
          ]),
        },
      });
  });

  it("takes no rule at all: everybody gets the defaults", () => {
    given(...APP)
      .when(createConfig({ rules: [] }))
      .yields(created({ id: NEW_CONFIG, content: content([]) }));
  });

  it("stores a FLOAT as single precision has it", () => {
    const { decision } = given(...APP).when(
      createConfig({ keys: ["price"], rules: [draft({ price: 0.1 })] }),
    );
    expect(decision).toMatchObject({
      events: [{ data: { content: { rules: [{ values: [{ value: Math.fround(0.1) }] }] } } }],
    });
  });

  it("trims the name, and refuses one that is taken", () => {
    given(...APP, created())
      .when(createConfig({ name: " dark mode ", keys: ["title"], rules: [] }))
      .isRefusedWith({ code: "TAKEN", path: ["name"] });
    given(...APP, created(), archivedConfig())
      .when(createConfig())
      .yields(created({ id: NEW_CONFIG, content: content([newRule(0)]) }));
  });

  it.each([
    ["name", RELEASE_NAME_LENGTH_MAX],
    ["description", RELEASE_DESCRIPTION_LENGTH_MAX],
    ["note", NOTE_LENGTH_MAX],
  ])("bounds its %s", (field, lengthMax) => {
    const outcome = (text: string) => given(...APP).when(createConfig({ [field]: text }));
    expect(outcome("x".repeat(lengthMax)).decision.outcome).toBe("accepted");
    outcome("x".repeat(lengthMax + 1)).isRefusedWith({ code: "INVALID", path: [field] });
    outcome("a\0").isRefusedWith({ code: "INVALID", path: [field] });
    outcome("\ud800").isRefusedWith({ code: "INVALID", path: [field] });
  });

  it("needs a name", () => {
    given(...APP)
      .when(createConfig({ name: "  " }))
      .isRefusedWith({ code: "INVALID", path: ["name"] });
  });

  it("refuses keys that are missing, archived or doubled, all at once and each with its path", () => {
    given(...APP, keyArchived("title"))
      .when(createConfig({ keys: ["dark_mode", "title", "ghost", "__proto__", "dark_mode"] }))
      .isRefusedWith(
        { code: "INVALID", path: ["keys", "4"] },
        { code: "ARCHIVED", path: ["keys", "1"] },
        { code: "NOT_FOUND", path: ["keys", "2"] },
        { code: "NOT_FOUND", path: ["keys", "3"] },
      );
  });

  it("refuses a key that another config has, and names it", () => {
    given(...APP, created({ name: "other" }))
      .when(createConfig())
      .isRefusedWith({
        code: "IN_USE",
        path: ["keys", "0"],
        usedBy: [{ kind: "Config", id: CONFIG, name: "other" }],
      });
  });

  it("takes a key that another config has let go of", () => {
    const other = [created({ name: "other" }), edited(2, { name: "other", content: content([], ["title"]) })];
    given(...APP, ...other)
      .when(createConfig())
      .yields(created({ id: NEW_CONFIG, content: content([newRule(0)]) }));
    given(...APP, ...other, published(1))
      .when(createConfig())
      .isRefused("IN_USE");
    given(...APP, ...other, published(1), unpublished(1))
      .when(createConfig())
      .yields(created({ id: NEW_CONFIG, content: content([newRule(0)]) }));
  });

  it("refuses segments that are missing or archived", () => {
    const rules = [
      draft({ dark_mode: 1 }, { segmentId: "ghost" }),
      draft({ dark_mode: 2 }, { segmentId: MIAMI }),
    ];
    given(...APP, segmentArchived(MIAMI))
      .when(createConfig({ rules }))
      .isRefusedWith(
        { code: "NOT_FOUND", path: ["rules", "0", "segmentId"] },
        { code: "ARCHIVED", path: ["rules", "1", "segmentId"] },
      );
  });

  it("refuses values that do not fit their key, and says where", () => {
    const schema = { valueSchema: { type: "string", maxLength: 2 } };
    given(...APP, key("code", "STRING", schema))
      .when(
        createConfig({
          keys: ["dark_mode", "code", "price"],
          rules: [draft({ dark_mode: "4", code: "abc", price: 1e39 }), draft({ dark_mode: 2 ** 53 })],
        }),
      )
      .isRefusedWith(
        { code: "INVALID", path: ["rules", "0", "values", "0", "value"] },
        { code: "INVALID", path: ["rules", "0", "values", "1", "value"] },
        { code: "INVALID", path: ["rules", "0", "values", "2", "value"] },
        { code: "INVALID", path: ["rules", "1", "values", "0", "value"] },
      );
  });

  it("refuses values of other keys, doubled ones and none", () => {
    const doubled = {
      values: [
        { key: "dark_mode", value: 1 },
        { key: "dark_mode", value: 2 },
      ],
    };
    given(...APP)
      .when(createConfig({ rules: [draft({ title: "x" }), doubled, { values: [] }] }))
      .isRefusedWith(
        { code: "INVALID", path: ["rules", "0", "values", "0", "key"] },
        { code: "INVALID", path: ["rules", "1", "values", "1", "key"] },
        { code: "INVALID", path: ["rules", "2", "values"] },
      );
  });

  it.each([0, 100, 0.01, 99.99, 33.3])("takes the percentage %d", (percentage) => {
    const { decision } = given(...APP).when(
      createConfig({ rules: [draft({ dark_mode: 4 }, { percentage })] }),
    );
    expect(decision.outcome).toBe("accepted");
  });

  it.each([-0.01, 100.01, 0.001, 1e9])("refuses the percentage %d", (percentage) => {
    given(...APP)
      .when(createConfig({ rules: [draft({ dark_mode: 4 }, { percentage })] }))
      .isRefusedWith({ code: "INVALID", path: ["rules", "0", "percentage"] });
  });

  it("bounds the property that it buckets by, and wants one where there is a fallback", () => {
    const bucketing = (rest: Record<string, string>) =>
      given(...APP).when(createConfig({ rules: [draft({ dark_mode: 4 }, rest)] }));
    const longest = "x".repeat(BUCKET_BY_LENGTH_MAX);
    expect(bucketing({ bucketBy: longest, bucketByFallback: longest }).decision.outcome).toBe("accepted");
    bucketing({ bucketBy: `${longest}x` }).isRefusedWith({ path: ["rules", "0", "bucketBy"] });
    bucketing({ bucketBy: "" }).isRefusedWith({ path: ["rules", "0", "bucketBy"] });
    bucketing({ bucketBy: "a", bucketByFallback: `${longest}x` }).isRefusedWith({
      path: ["rules", "0", "bucketByFallback"],
    });
    bucketing({ bucketByFallback: "company" }).isRefusedWith({ path: ["rules", "0", "bucketByFallback"] });
  });

  it("bounds its keys", () => {
    const names = Array.from({ length: KEYS_PER_CONFIG_MAX + 1 }, (_, n) => `key_${n}`);
    const app = [...APP, ...names.map((name) => key(name, "STRING"))];
    const { decision } = given(...app).when(createConfig({ keys: names.slice(1), rules: [] }));
    expect(decision.outcome).toBe("accepted");
    given(...app)
      .when(createConfig({ keys: names, rules: [] }))
      .isRefusedWith({ code: "LIMIT_REACHED", path: ["keys"] });
    given(...app)
      .when(createConfig({ keys: [], rules: [] }))
      .isRefusedWith({ code: "INVALID", path: ["keys"] });
  });

  it("bounds its rules", () => {
    const rules = Array.from({ length: RULES_MAX + 1 }, (_, n) => draft({ dark_mode: n }));
    const { decision } = given(...APP).when(createConfig({ rules: rules.slice(1) }));
    expect(decision.outcome).toBe("accepted");
    given(...APP)
      .when(createConfig({ rules }))
      .isRefusedWith({ code: "LIMIT_REACHED", path: ["rules"] });
  });

  it("bounds what all its values take", () => {
    const sized = (bytes: number) => {
      const empty = createConfigOfTitles([]);
      const length = bytes - empty;
      const titles = Array.from({ length: Math.ceil(length / 60_000) }, () => "");
      const rest = bytes - createConfigOfTitles(titles);
      const each = Math.floor(rest / titles.length);
      const filled = titles.map((_, n) => "x".repeat(n === 0 ? rest - each * (titles.length - 1) : each));
      return given(...APP).when(
        createConfig({ keys: ["title"], rules: filled.map((title) => draft({ title })) }),
      );
    };
    expect(sized(CONTENT_BYTES_MAX).decision.outcome).toBe("accepted");
    sized(CONTENT_BYTES_MAX + 1).isRefusedWith({ code: "LIMIT_REACHED", path: ["rules"] });
  });

  it("lists so many reasons and says how many more there are", () => {
    const keys = Array.from({ length: KEYS_PER_CONFIG_MAX }, (_, n) => `ghost${n}`);
    const unknown = Object.fromEntries(Array.from({ length: 3 }, (_, n) => [`other${n}`, 1]));
    const rules = Array.from({ length: RULES_MAX }, () => draft(unknown));
    const { decision } = given(...APP).when(createConfig({ keys, rules }));
    const reasons = decision.outcome === "refused" ? decision.reasons : [];
    expect(reasons).toHaveLength(REASONS_MAX);
    expect(reasons.at(-1)?.message).toContain("201 more reasons");
  });

  it("bounds how many there are in an app", () => {
    const configs = Array.from({ length: CONFIGS_PER_APP_MAX }, (_, n) =>
      created({ id: `config_shop_${n}`, name: `${n}`, content: content([], [`k${n}`]) }),
    );
    const { decision } = given(...APP, ...configs.slice(1)).when(createConfig());
    expect(decision.outcome).toBe("accepted");
    given(...APP, ...configs)
      .when(createConfig())
      .isRefusedWith({ code: "LIMIT_REACHED", path: [] });
    const { decision: afterArchiving } = given(...APP, ...configs, archivedConfig("config_shop_3")).when(
      createConfig(),
    );
    expect(afterArchiving.outcome).toBe("accepted");
  });
});

/** Bytes of the content that such a config would have. */
function createConfigOfTitles(titles: readonly string[]): number {
  const { decision } = given(...APP).when(
    createConfig({ keys: ["title"], rules: titles.map((title) => draft({ title })) }),
  );
  if (decision.outcome !== "accepted") throw new Error("These titles are few and short.");
  const [event] = decision.events;
  return Buffer.byteLength(JSON.stringify((event?.data as { content: unknown }).content));
}

describe("editing a config", () => {
  const past = [...APP, created({ content: content([rule("r1"), rule("r2", { segmentId: NY })]) })];

  it("saves the next version, and rules that name theirs keep id and seed", () => {
    const rules = [
      draft({ dark_mode: 7 }),
      draft({ dark_mode: 5 }, { id: "r2", segmentId: MIAMI, percentage: 20 }),
    ];
    given(...past)
      .when(editConfig({ rules, expectedVersion: 1, note: "" }))
      .yields(
        edited(2, {
          content: content([
            newRule(0, { values: [{ key: "dark_mode", value: 7 }] }),
            rule("r2", { segmentId: MIAMI, percentage: 20, values: [{ key: "dark_mode", value: 5 }] }),
          ]),
        }),
      );
  });

  it("leaves what is not said as it is", () => {
    given(...past)
      .when(editConfig({ name: "night mode" }))
      .yields(
        edited(2, { name: "night mode", content: content([rule("r1"), rule("r2", { segmentId: NY })]) }),
      );
  });

  it("saves nothing where nothing would be different, also without the rules' ids", () => {
    given(...past)
      .when(editConfig({ name: "dark mode", note: "again" }))
      .yieldsNothing();
    given(...past)
      .when(editConfig({ rules: [draft(), draft({ dark_mode: 4 }, { segmentId: NY })] }))
      .yieldsNothing();
  });

  it("moves a rule without giving it another seed", () => {
    given(...past)
      .when(editConfig({ rules: [draft({ dark_mode: 4 }, { segmentId: NY }), draft()] }))
      .yields(edited(2, { content: content([rule("r2", { segmentId: NY }), rule("r1")]) }));
  });

  it("does not mind the order of a rule's values", () => {
    const values = { dark_mode: 4, title: "x" };
    const given2 = [
      ...APP,
      created({
        content: content(
          [
            rule("r1", {
              values: [
                { key: "dark_mode", value: 4 },
                { key: "title", value: "x" },
              ],
            }),
          ],
          ["dark_mode", "title"],
        ),
      }),
    ];
    const reversed = {
      values: [
        { key: "title", value: "x" },
        { key: "dark_mode", value: 4 },
      ],
    };
    given(...given2)
      .when(editConfig({ rules: [reversed] }))
      .yieldsNothing();
    given(...given2)
      .when(editConfig({ rules: [{ id: "r1", ...reversed }] }))
      .yieldsNothing();
    given(...given2)
      .when(editConfig({ rules: [draft(values)] }))
      .yieldsNothing();
  });

  it("refuses ids of rules that the latest version does not have, or twice the same", () => {
    const rules = ["r1", "ghost", "r1"].map((id, n) => draft({ dark_mode: n }, { id }));
    given(...past)
      .when(editConfig({ rules }))
      .isRefusedWith(
        { code: "NOT_FOUND", path: ["rules", "1", "id"] },
        { code: "INVALID", path: ["rules", "2", "id"] },
      );
  });

  it("refuses when somebody saved another version, and shows both", () => {
    given(...past, edited(2), edited(3))
      .when(editConfig({ expectedVersion: 1, name: "x" }))
      .isRefusedWith({
        code: "VERSION_CONFLICT",
        path: ["expectedVersion"],
        versions: { expected: 1, actual: 3 },
        message: expect.stringMatching(/version 1 .* version 3/),
      });
  });

  it("refuses a rule's value whose key is taken out", () => {
    given(...past)
      .when(editConfig({ keys: ["title"] }))
      .isRefused("INVALID", "INVALID");
  });

  it("refuses an unknown and an archived config", () => {
    given(...APP)
      .when(editConfig({ name: "x" }))
      .isRefusedWith({ code: "NOT_FOUND", path: ["configId"] });
    given(...past, archivedConfig())
      .when(editConfig({ name: "x" }))
      .isRefusedWith({ code: "ARCHIVED", path: ["configId"] });
  });
});
