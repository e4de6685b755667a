import {
  app,
  archive,
  archived,
  content,
  create,
  created,
  edit,
  edited,
  goal,
  half,
  idOf,
  key,
  restore,
  restored,
  shop,
  twoColours,
} from "./experiments";
import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent, AppState } from "../../src/apps/app.state";
import { EXPERIMENTS_PER_APP_MAX, type ExperimentDraft } from "../../src/experiments/experiment.decider";
import type { Variation } from "../../src/experiments/experiment.events";
import {
  BUCKET_BY_LENGTH_MAX,
  EXPERIMENT_BYTES_MAX,
  EXPERIMENT_DESCRIPTION_LENGTH_MAX,
  EXPERIMENT_NAME_LENGTH_MAX,
  GOALS_PER_EXPERIMENT_MAX,
} from "../../src/experiments/experimentForm.policy";
import {
  VALUES_PER_VARIATION_MAX,
  VARIATION_NAME_LENGTH_MAX,
  VARIATIONS_MAX,
} from "../../src/experiments/variations.policy";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { deciding } from "../support/deciding";

const { given } = deciding<AppState, AppCommand, AnyAppEvent>(appDecider);

const times = <Made>(count: number, make: (index: number) => Made): Made[] =>
  Array.from({ length: count }, (_, index) => make(index));
const accepts = (draft: ExperimentDraft, ...more: AnyAppEvent[]) =>
  expect(given(...shop, ...more).when(create(draft)).decision).toMatchObject({ outcome: "accepted" });
const refuses = (draft: ExperimentDraft, ...reasons: object[]) =>
  given(...shop)
    .when(create(draft))
    .isRefusedWith(...reasons);
const equal = (count: number): Variation[] =>
  times(count, (index) => ({
    name: `v${index}`,
    weight: index === 0 ? 100 - Math.floor(100 / count) * (count - 1) : Math.floor(100 / count),
    values: [{ key: "colour", value: index }],
  }));

describe("creating an experiment", () => {
  it("records all that it says, its names trimmed", () =>
    given(...shop)
      .when(
        create({
          name: " Colours ",
          description: "Does green sell?",
          environment: "staging",
          segmentId: "oslo",
          traffic: 12.34,
          bucketBy: "company.id",
          bucketByFallback: "id",
          variations: [
            { name: " control ", weight: 33.33, values: [] },
            { ...equal(1)[0]!, weight: 66.67 },
          ],
          goals: ["bought", "refunded"],
          guardrails: ["refunded"],
          note: "first",
        }),
      )
      .yields(
        created("command", {
          description: "Does green sell?",
          environment: "staging",
          segmentId: "oslo",
          traffic: 12.34,
          bucketBy: "company.id",
          bucketByFallback: "id",
          variations: [
            { name: "control", weight: 33.33, values: [] },
            { name: "v0", weight: 66.67, values: [{ key: "colour", value: 0 }] },
          ],
          goals: [
            { goalId: "bought", isGuardrail: false },
            { goalId: "refunded", isGuardrail: true },
          ],
          note: "first",
        }),
      ));

  it("takes what is left out as everyone in production", () =>
    given(...shop)
      .when(create())
      .yields(created()));

  it("bounds name, description and note", () => {
    const longest = {
      name: "x".repeat(EXPERIMENT_NAME_LENGTH_MAX),
      description: "x".repeat(EXPERIMENT_DESCRIPTION_LENGTH_MAX),
      note: "x".repeat(NOTE_LENGTH_MAX),
    };
    given(...shop)
      .when(create(longest))
      .yields(created("command", longest));
    for (const [field, text] of Object.entries(longest)) {
      for (const wrong of [`${text}x`, "a\0b", "\ud800"])
        refuses({ [field]: wrong }, { code: "INVALID", path: [field] });
    }
    refuses({ name: "  " }, { code: "INVALID", path: ["name"] });
  });

  it("takes 2 to 8 variations", () => {
    for (const count of [2, VARIATIONS_MAX]) accepts({ variations: equal(count) });
    for (const count of [0, 1])
      refuses({ variations: equal(count) }, { code: "INVALID", path: ["variations"] });
    for (const count of [VARIATIONS_MAX + 1, 10_000])
      refuses({ variations: equal(count) }, { code: "LIMIT_REACHED", path: ["variations"] });
  });

  it("refuses weights that do not sum to 100, and those that are no percentages", () => {
    const weighing = (...weights: number[]) => ({
      variations: weights.map((weight, index) => ({ ...equal(3)[index]!, weight })),
    });
    accepts(weighing(33.33, 33.33, 33.34));
    accepts(weighing(0.1, 0.2, 99.7));
    for (const weights of [
      [33.33, 33.33, 33.33],
      [50, 50.01],
      [0, 0],
    ]) {
      refuses(weighing(...weights), { code: "INVALID", path: ["variations"] });
    }
    for (const weight of [-1, 100.001, 33.333, NaN, Infinity])
      refuses(weighing(50, weight), { code: "INVALID", path: ["variations", "1", "weight"] });
  });

  it("refuses two variations of one name, and names out of bounds", () => {
    refuses(
      { variations: [half("a"), half("a ", { key: "colour", value: 1 })] },
      { code: "INVALID", path: ["variations", "1", "name"] },
    );
    const named = (name: string) => ({ variations: [half(name), twoColours[1]!] });
    accepts(named("x".repeat(VARIATION_NAME_LENGTH_MAX)));
    for (const name of ["", " ", "x".repeat(VARIATION_NAME_LENGTH_MAX + 1), "a\0b"])
      refuses(named(name), { code: "INVALID", path: ["variations", "0", "name"] });
  });

  it("refuses a variation without values, unless it is the control, and a key twice", () => {
    refuses(
      { variations: [twoColours[1]!, half("other")] },
      { code: "INVALID", path: ["variations", "1", "values"] },
    );
    const twice = [1, 2].map((value) => ({ key: "colour", value }));
    refuses(
      { variations: [half("control"), half("green", ...twice)] },
      { code: "INVALID", path: ["variations", "1", "values", "1", "key"] },
    );
    const many = (count: number) => times(count, (index) => ({ key: `k${index}`, value: 1 }));
    const keys = times(VALUES_PER_VARIATION_MAX, (index) => key(`k${index}`));
    accepts({ variations: [half("control"), half("green", ...many(VALUES_PER_VARIATION_MAX))] }, ...keys);
    given(...shop, ...keys)
      .when(create({ variations: [half("control"), half("green", ...many(VALUES_PER_VARIATION_MAX + 1))] }))
      .isRefusedWith({ code: "LIMIT_REACHED", path: ["variations", "1", "values"] });
  });

  it("refuses a value of another type, one against the key's schema, and keys that are not there", () => {
    const giving = (name: string, value: unknown) => ({
      variations: [half("control"), half("green", { key: name, value: value as never })],
    });
    const more = [
      key("small", "INTEGER", { valueSchema: { maximum: 3 } }),
      key("gone"),
      { type: "KeyArchived", data: { name: "gone", note: "" } } satisfies AnyAppEvent,
    ];
    accepts(giving("small", 3), ...more);
    const path = ["variations", "1", "values", "0"];
    for (const [name, value] of [
      ["colour", "red"],
      ["colour", 1.5],
      ["colour", null],
      ["small", 4],
    ] as const) {
      given(...shop, ...more)
        .when(create(giving(name, value)))
        .isRefusedWith({ code: "INVALID", path: [...path, "value"] });
    }
    given(...shop, ...more)
      .when(create(giving("none", 1)))
      .isRefusedWith({ code: "NOT_FOUND", path: [...path, "key"] });
    given(...shop, ...more)
      .when(create(giving("gone", 1)))
      .isRefusedWith({ code: "ARCHIVED", path: [...path, "key"] });
  });

  it("stores values as their key's type does", () => {
    const variations = [half("control"), half("green", { key: "share", value: 0.1 })];
    given(...shop, key("share", "FLOAT"))
      .when(create({ variations }))
      .yields(
        created("command", {
          variations: [half("control"), half("green", { key: "share", value: Math.fround(0.1) })],
        }),
      );
  });

  it("takes 1 to 5 goals that are there, each once", () => {
    const goals = times(GOALS_PER_EXPERIMENT_MAX + 1, (index) => `g${index}`);
    accepts({ goals: goals.slice(1) }, ...goals.map(goal));
    given(...shop, ...goals.map(goal))
      .when(create({ goals }))
      .isRefusedWith({ code: "LIMIT_REACHED", path: ["goals"] });
    refuses({ goals: [] }, { code: "INVALID", path: ["goals"] });
    refuses({ goals: ["bought", "bought"] }, { code: "INVALID", path: ["goals", "1"] });
    refuses({ goals: ["bought", "none"] }, { code: "NOT_FOUND", path: ["goals", "1"] });
    const goalArchived = { type: "GoalArchived", data: { id: "bought", note: "" } } satisfies AnyAppEvent;
    given(...shop, goalArchived)
      .when(create())
      .isRefusedWith({ code: "ARCHIVED", path: ["goals", "0"] });
  });

  it("refuses a guardrail that is no goal of it, or the primary one", () => {
    refuses({ guardrails: ["refunded"] }, { code: "INVALID", path: ["guardrails", "0"] });
    refuses({ guardrails: ["bought"] }, { code: "INVALID", path: ["guardrails"] });
  });

  it("refuses what it cannot run on: traffic, environment, segment and unit", () => {
    for (const traffic of [-0.01, 100.01, 0.001, NaN])
      refuses({ traffic }, { code: "INVALID", path: ["traffic"] });
    refuses({ environment: "moon" }, { code: "NOT_FOUND", path: ["environment"] });
    refuses({ segmentId: "none" }, { code: "NOT_FOUND", path: ["segmentId"] });
    const gone = { type: "SegmentArchived", data: { id: "oslo", note: "" } } satisfies AnyAppEvent;
    given(...shop, gone)
      .when(create({ segmentId: "oslo" }))
      .isRefusedWith({ code: "ARCHIVED", path: ["segmentId"] });
    accepts({ bucketBy: "x".repeat(BUCKET_BY_LENGTH_MAX) });
    for (const bucketBy of ["", "$a", "a..b", "x".repeat(BUCKET_BY_LENGTH_MAX + 1)])
      refuses({ bucketBy }, { code: "INVALID", path: ["bucketBy"] });
    refuses({ bucketByFallback: "company" }, { code: "INVALID", path: ["bucketByFallback"] });
  });

  it("refuses one that is too large", () => {
    const text = key("text", "STRING", { defaultValue: "" });
    const value = "x".repeat(EXPERIMENT_BYTES_MAX / 2 - 1_000);
    const giving = (length: number) => ({
      variations: ["a", "b"].map((name) => half(name, { key: "text", value: value.slice(0, length) })),
    });
    accepts(giving(value.length), text);
    given(...shop, text)
      .when(create({ description: "é".repeat(1_000), ...giving(value.length) }))
      .isRefusedWith({ code: "LIMIT_REACHED", path: ["variations"] });
  });

  it("refuses a name that another one has, but not one that an archived one has", () => {
    given(...shop, created("first"))
      .when(create())
      .isRefusedWith({ code: "TAKEN", path: ["name"] });
    given(...shop, created("first"), archived("first"))
      .when(create())
      .yields(created());
  });

  it("refuses the 301st that is not archived", () => {
    const others = times(EXPERIMENTS_PER_APP_MAX, (index) => created(`e${index}`, { name: `e${index}` }));
    given(...shop, ...others)
      .when(create())
      .isRefusedWith({ code: "LIMIT_REACHED" });
    given(...shop, ...others, archived("e0"))
      .when(create())
      .yields(created());
  });

  it("warns of what takes nobody", () => {
    given(...shop)
      .when(create())
      .warns();
    const variations = [
      { ...twoColours[0]!, weight: 100 },
      { ...twoColours[1]!, weight: 0 },
    ];
    given(...shop)
      .when(create({ traffic: 0, segmentId: "nobody", variations }))
      .warns("PERCENTAGE_ZERO traffic", "PERCENTAGE_ZERO variations.1.weight", "MATCHES_NOBODY segmentId");
  });

  it("refuses it where there is no app", () => given().when(create()).isRefused("NOT_FOUND"));
});

describe("editing a draft", () => {
  const past = [...shop, created("command", { segmentId: "oslo", bucketBy: "company" })];

  it("records the whole of it, and keeps what it does not say", () =>
    given(...past)
      .when(edit({ traffic: 20, note: "careful" }))
      .yields(edited({ segmentId: "oslo", bucketBy: "company", traffic: 20, note: "careful" })));

  it("takes segment and unit away where it says null", () =>
    given(...past)
      .when(edit({ segmentId: null, bucketBy: null }))
      .yields(edited({})));

  it("keeps the guardrails of goals that it does not change", () => {
    const goals = [
      { goalId: "bought", isGuardrail: false },
      { goalId: "refunded", isGuardrail: true },
    ];
    given(...shop, created("command", { goals }))
      .when(edit({ goals: ["bought", "refunded"], name: "x" }))
      .yields(edited({ goals, name: "x" }));
    given(...shop, created("command", { goals }))
      .when(edit({ goals: ["bought"] }))
      .yields(edited({}));
  });

  it("says nothing if nothing changes, whatever the note", () =>
    given(...past)
      .when(edit({ name: " Colours", variations: twoColours, note: "x" }))
      .yieldsNothing());

  it("refuses what a new one may not have", () =>
    given(...past)
      .when(edit({ goals: [], traffic: 101, variations: [] }))
      .isRefusedWith({ path: ["traffic"] }, { path: ["variations"] }, { path: ["goals"] }));

  it("refuses unknown and archived ones, and a taken name", () => {
    given(...shop)
      .when(edit({}, "x".repeat(10_000)))
      .isRefusedWith({ code: "NOT_FOUND", path: ["experimentId"] });
    given(...past, archived())
      .when(edit({ traffic: 1 }))
      .isRefusedWith({ code: "ARCHIVED", path: ["experimentId"] });
    given(...past, created("other", { name: "Other" }))
      .when(edit({ name: "Other" }))
      .isRefusedWith({ code: "TAKEN", path: ["name"] });
  });
});

describe("archiving and restoring an experiment", () => {
  const past = [...shop, created()];

  it("record it once", () => {
    given(...past)
      .when(archive())
      .yields(archived());
    given(...past, archived())
      .when(archive())
      .yieldsNothing();
    given(...past, archived())
      .when(restore())
      .yields(restored());
    given(...past)
      .when(restore())
      .yieldsNothing();
  });

  it("bound the note, and refuse an unknown one", () => {
    const long = "x".repeat(NOTE_LENGTH_MAX + 1);
    given(...past)
      .when(archive("command", long))
      .isRefused("INVALID");
    given(...past, archived())
      .when(restore("command", long))
      .isRefused("INVALID");
    given(app).when(archive()).isRefused("NOT_FOUND");
    given(app).when(restore()).isRefused("NOT_FOUND");
  });

  it("restores into nothing that is not there, nor over a taken name", () => {
    const keyArchived = { type: "KeyArchived", data: { name: "colour", note: "" } } satisfies AnyAppEvent;
    given(...past, archived(), keyArchived)
      .when(restore())
      .isRefusedWith({ code: "ARCHIVED", path: ["experimentId"] });
    given(...past, archived(), created("other"))
      .when(restore())
      .isRefusedWith({ code: "TAKEN", path: ["name"] });
  });
});

describe("what an experiment uses", () => {
  const past = [...shop, created("command", { segmentId: "oslo" })];
  const usedBy = [{ kind: "Experiment", id: idOf("command"), name: "Colours" }];
  const archiveOf: readonly AppCommand[] = [
    { type: "ArchiveKey", data: { name: "colour" } },
    { type: "ArchiveSegment", data: { id: "oslo" } },
    { type: "ArchiveGoal", data: { id: "bought" } },
  ];

  it.each(archiveOf)("cannot be archived while it is there: $type", (command) => {
    given(...past)
      .when(command)
      .isRefusedWith({ code: "IN_USE", usedBy });
    const { decision } = given(...past, archived()).when(command);
    expect(decision).toMatchObject({ outcome: "accepted", events: [{}] });
  });

  it("keeps a key from a schema that one of its values does not fit", () => {
    const tighten: AppCommand = { type: "EditKey", data: { name: "colour", valueSchema: { maximum: 0 } } };
    given(...past)
      .when(tighten)
      .isRefusedWith({
        code: "IN_USE",
        path: ["valueSchema"],
        usedBy,
        message: expect.stringContaining('variation "green" of "Colours"') as string,
      });
    expect(given(...past, archived()).when(tighten).decision).toMatchObject({ outcome: "accepted" });
  });

  it("may be in a config, a flag and other experiments too", () => {
    const others = [created("first", { name: "First" })];
    given(...shop, ...others)
      .when(create())
      .yields(created());
    const config: AppCommand = {
      type: "CreateConfig",
      data: { name: "c", keys: ["colour"], rules: [{ values: [{ key: "colour", value: 1 }] }] },
    };
    expect(given(...past).when(config).decision).toMatchObject({ outcome: "accepted" });
    expect(content.variations).toBe(twoColours);
  });
});
