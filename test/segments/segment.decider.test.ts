import fc from "fast-check";
import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent, AppState } from "../../src/apps/app.state";
import type { JsonObject } from "../../src/lib/json";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { SEGMENTS_PER_APP_MAX, type SegmentCommand } from "../../src/segments/segment.decider";
import {
  SEGMENT_DESCRIPTION_LENGTH_MAX,
  SEGMENT_NAME_LENGTH_MAX,
} from "../../src/segments/segmentForm.policy";
import { SEGMENT_NESTING_MAX } from "../../src/segments/segmentReferences.policy";
import { deciding } from "../support/deciding";

const { given, run } = deciding<AppState, AppCommand, AnyAppEvent>(appDecider);
const app: AnyAppEvent = { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } };

const idOf = (name: string) => `segment_shop_${name}`;
const iphone = { device: "iPhone" };
const segment = (name: string, condition: JsonObject = iphone): AnyAppEvent => ({
  type: "SegmentCreated",
  data: { id: idOf(name), name, description: "", condition, clonedFrom: null, note: "" },
});
/** A segment that contains the other ones. */
const of = (name: string, ...others: string[]) => segment(name, { $segment: others.map(idOf) });
const archived = (name: string): AnyAppEvent => ({
  type: "SegmentArchived",
  data: { id: idOf(name), note: "" },
});
const edited = (name: string, condition: JsonObject): AnyAppEvent => ({
  type: "SegmentEdited",
  data: { id: idOf(name), name, description: "", condition, note: "" },
});
const create = (data: object = {}): SegmentCommand => ({
  type: "CreateSegment",
  data: { name: "NY", condition: iphone, ...data },
});
const edit = (name: string, data: object): SegmentCommand => ({
  type: "EditSegment",
  data: { id: idOf(name), ...data },
});
const clone = (name: string, data: object = {}): SegmentCommand => ({
  type: "CloneSegment",
  data: { id: idOf(name), name: "Clone", ...data },
});
const archive = (name: string, note?: string): SegmentCommand => ({
  type: "ArchiveSegment",
  data: { id: idOf(name), note },
});
const restore = (name: string): SegmentCommand => ({ type: "RestoreSegment", data: { id: idOf(name) } });

/** A config whose latest version, published or not, has a rule for the segment. */
const config = (name: string, isPublished = false): AnyAppEvent[] => [
  {
    type: "ConfigCreated",
    data: {
      id: "config_shop_1",
      name: "dark mode",
      description: "",
      version: 1,
      note: "",
      references: { keys: [], segments: [idOf(name)] },
      content: { keys: [], rules: [] },
    },
  },
  ...(isPublished
    ? [
        {
          type: "ConfigPublished",
          data: {
            id: "config_shop_1",
            version: 1,
            previousVersion: null,
            environment: "production",
            cause: { kind: "BY_HAND" },
            note: "",
          },
        } satisfies AnyAppEvent,
      ]
    : []),
];
const configReference = { kind: "Config", id: "config_shop_1", name: "dark mode" };

describe("creating a segment", () => {
  const created = {
    id: idOf("command0"),
    name: "NY",
    description: "",
    condition: iphone,
    clonedFrom: null,
    note: "",
  };

  it("records it, its name trimmed", () =>
    given(app)
      .when(create({ name: "  NY " }))
      .yields({ type: "SegmentCreated", data: created }));

  it("takes {} for everyone", () =>
    given(app)
      .when(create({ condition: {} }))
      .yields({ type: "SegmentCreated", data: { ...created, condition: {} } }));

  it("gives each percentage a seed of its own, and keeps those that are given", () =>
    given(app)
      .when(
        create({
          condition: {
            $or: [{ $percent: 10 }, { $percent: { percentage: 20, seed: "mine" } }, { $percent: 30 }],
          },
        }),
      )
      .yields({
        type: "SegmentCreated",
        data: {
          ...created,
          condition: {
            $or: [
              { $percent: { percentage: 10, seed: "seed_shop_command0" } },
              { $percent: { percentage: 20, seed: "mine" } },
              { $percent: { percentage: 30, seed: "seed_shop_command1" } },
            ],
          },
        },
      }));

  it("bounds name, description and note", () => {
    const longest = {
      name: "x".repeat(SEGMENT_NAME_LENGTH_MAX),
      description: "x".repeat(SEGMENT_DESCRIPTION_LENGTH_MAX),
      note: "x".repeat(NOTE_LENGTH_MAX),
    };
    given(app)
      .when(create(longest))
      .yields({ type: "SegmentCreated", data: { ...created, ...longest } });
    for (const [field, text] of Object.entries(longest)) {
      given(app)
        .when(create({ [field]: `${text}x` }))
        .isRefusedWith({ code: "INVALID", path: [field] });
      given(app)
        .when(create({ [field]: "a\0b" }))
        .isRefusedWith({ code: "INVALID", path: [field] });
      given(app)
        .when(create({ [field]: "\ud800" }))
        .isRefusedWith({ code: "INVALID", path: [field] });
    }
    for (const name of ["", "   "]) {
      given(app)
        .when(create({ name }))
        .isRefusedWith({ code: "INVALID", path: ["name"] });
    }
  });

  it("refuses a name that another one has, but not one that an archived one has", () => {
    given(app, segment("NY"))
      .when(create())
      .isRefusedWith({ code: "TAKEN", path: ["name"] });
    given(app, segment("NY"))
      .when(create({ name: "ny" }))
      .yields({ type: "SegmentCreated", data: { ...created, name: "ny" } });
    given(app, segment("NY"), archived("NY"))
      .when(create())
      .yields({ type: "SegmentCreated", data: created });
  });

  it.each<[string, unknown, string[]]>([
    ["a condition that is a list", [], ["condition"]],
    ["a condition that is null", null, ["condition"]],
    ["an unknown operator", { a: { $like: 1 } }, ["condition", "a", "$like"]],
    ["a fault below names with slashes and tildes", { "a/b~c": { $in: 1 } }, ["condition", "a/b~c", "$in"]],
    [
      "a pattern that RE2 refuses",
      { $and: [{ a: { $regex: "(?=x)" } }] },
      ["condition", "$and", "0", "a", "$regex"],
    ],
  ])("refuses %s with the path to it", (_, condition, path) =>
    given(app).when(create({ condition })).isRefusedWith({ code: "INVALID", path }),
  );

  it("says everything that is wrong at once", () =>
    given(app)
      .when(create({ name: "", note: "\0", condition: { a: { $gt: [] }, b: { $in: 1 } } }))
      .isRefusedWith(
        { path: ["name"] },
        { path: ["note"] },
        { path: ["condition", "a", "$gt"] },
        { path: ["condition", "b", "$in"] },
      ));

  it("refuses segments in the condition that are unknown or archived, each of them", () =>
    given(app, segment("a"), segment("b"), archived("b"))
      .when(create({ condition: { $segment: [idOf("a"), idOf("b")], $notSegment: "segment_other_c" } }))
      .isRefusedWith({ code: "ARCHIVED", path: ["condition"] }, { code: "NOT_FOUND", path: ["condition"] }));

  it("refuses the 1,001st that is not archived", () => {
    const others = Array.from({ length: SEGMENTS_PER_APP_MAX }, (_, index) => segment(`s${index}`));
    given(app, ...others)
      .when(create())
      .isRefused("LIMIT_REACHED");
    given(app, ...others, archived("s0"))
      .when(create())
      .yields({ type: "SegmentCreated", data: created });
  });
});

describe("editing a segment", () => {
  it("records the whole content", () =>
    given(app, segment("NY"))
      .when(edit("NY", { description: "new", note: "why" }))
      .yields({
        type: "SegmentEdited",
        data: { id: idOf("NY"), name: "NY", description: "new", condition: iphone, note: "why" },
      }));

  it("says nothing if nothing changes, whatever the note", () => {
    given(app, segment("NY")).when(edit("NY", {})).yieldsNothing();
    given(app, segment("NY"))
      .when(edit("NY", { name: " NY", condition: { ...iphone }, note: "x" }))
      .yieldsNothing();
  });

  it("keeps the seed of a percentage at the same place, so that users stay where they are", () => {
    const percent = (percentage: number) => ({ $percent: { percentage, seed: "s" } });
    given(app, segment("NY", percent(10)))
      .when(edit("NY", { condition: { $percent: 20 } }))
      .yields({
        type: "SegmentEdited",
        data: { id: idOf("NY"), name: "NY", description: "", condition: percent(20), note: "" },
      });
    given(app, segment("NY", percent(10)))
      .when(edit("NY", { condition: { $percent: 10 } }))
      .yieldsNothing();
  });

  it("refuses unknown and archived segments", () => {
    given(app)
      .when(edit("NY", {}))
      .isRefusedWith({ code: "NOT_FOUND", path: ["segmentId"] });
    given(app, segment("NY"), archived("NY"))
      .when(edit("NY", { description: "x" }))
      .isRefusedWith({ code: "ARCHIVED", path: ["segmentId"] });
  });

  it("refuses a taken name, and lets it keep its own", () => {
    given(app, segment("NY"), segment("LA"))
      .when(edit("LA", { name: "NY" }))
      .isRefused("TAKEN");
    given(app, segment("NY"))
      .when(edit("NY", { name: "NY" }))
      .yieldsNothing();
  });

  it("refuses a condition without the right to publish if something published uses it, at any depth", () => {
    const rights = new Set(["READ", "EDIT"]);
    const past = [app, segment("a"), of("b", "a"), of("c", "b")];
    const change = edit("a", { condition: { device: "Pixel" } });
    given(...past, ...config("c", true))
      .when(change, { rights })
      .isRefusedWith({ code: "FORBIDDEN", path: ["condition"] });
    expect(given(...past, ...config("c", true)).when(change).decision.outcome).toBe("accepted");
    expect(given(...past, ...config("c", false)).when(change, { rights }).decision.outcome).toBe("accepted");
    const rename = edit("a", { name: "A" });
    expect(given(...past, ...config("c", true)).when(rename, { rights }).decision.outcome).toBe("accepted");
  });
});

describe("segments in segments", () => {
  it("refuses one that names itself, and says by which chain", () => {
    given(app, segment("a"))
      .when(edit("a", { condition: { $segment: idOf("a") } }))
      .isRefusedWith({
        code: "CYCLE",
        path: ["condition"],
        message: expect.stringContaining('"a" → "a"') as string,
      });
    given(app, segment("a"), of("b", "a"), of("c", "b"))
      .when(edit("a", { condition: { $and: [{ $notSegment: [idOf("c")] }] } }))
      .isRefusedWith({ code: "CYCLE", message: expect.stringContaining('"a" → "c" → "b" → "a"') as string });
  });

  it("refuses the second of two edits that would make a cycle together", () => {
    const past = [app, segment("a"), segment("b")];
    const first = run(past, edit("a", { condition: { $segment: idOf("b") } }));
    expect(first).toHaveLength(past.length + 1);
    given(...first)
      .when(edit("b", { condition: { $segment: idOf("a") } }))
      .isRefused("CYCLE");
  });

  const chain = (levels: number) =>
    Array.from({ length: levels }, (_, index) =>
      index === 0 ? segment("s1") : of(`s${index + 1}`, `s${index}`),
    );

  it("nest at most 8 levels", () => {
    const top = (levels: number) => create({ condition: { $segment: idOf(`s${levels - 1}`) } });
    expect(given(app, ...chain(7)).when(top(SEGMENT_NESTING_MAX)).decision.outcome).toBe("accepted");
    given(app, ...chain(8))
      .when(top(SEGMENT_NESTING_MAX + 1))
      .isRefusedWith({ code: "LIMIT_REACHED", path: ["condition"] });
  });

  it("count the levels above an edited one too", () => {
    const past = [app, ...chain(6), segment("x"), of("y", "x")];
    const put = (name: string) => edit("s1", { condition: { $segment: idOf(name) } });
    expect(given(...past).when(put("y")).decision.outcome).toBe("accepted");
    given(...past, of("z", "y"))
      .when(put("z"))
      .isRefused("LIMIT_REACHED");
  });

  it("are decided in time where many contain each other crosswise", () => {
    const levels = Array.from({ length: 6 }, (_, level) =>
      Array.from({ length: 40 }, (_, index) =>
        level === 0
          ? segment(`0-${index}`)
          : of(`${level}-${index}`, ...Array.from({ length: 40 }, (_, below) => `${level - 1}-${below}`)),
      ),
    ).flat();
    const change = edit("0-0", { condition: { device: "Pixel" } });
    expect(given(app, ...levels, ...config("5-0", true)).when(change).decision.outcome).toBe("accepted");
  });
});

describe("cloning a segment", () => {
  const list = { $userIn: { list: "hash", count: 3 } };
  const source = segment("NY", { $percent: { percentage: 10, seed: "s" }, ...list });

  it("copies the condition with its seeds and lists", () =>
    given(app, source)
      .when(clone("NY"))
      .yields({
        type: "SegmentCreated",
        data: {
          id: idOf("command0"),
          name: "Clone",
          description: "",
          condition: { $percent: { percentage: 10, seed: "s" }, ...list },
          clonedFrom: idOf("NY"),
          note: "",
        },
      }));

  it("takes another condition, and the seed at the same place", () =>
    expect(given(app, source).when(clone("NY", { condition: { $percent: 50 } })).decision).toMatchObject({
      events: [{ data: { condition: { $percent: { percentage: 50, seed: "s" } } } }],
    }));

  it("also copies an archived one, but not what names archived ones", () => {
    expect(given(app, source, archived("NY")).when(clone("NY")).decision.outcome).toBe("accepted");
    given(app, segment("a"), of("b", "a"), archived("b"), archived("a"))
      .when(clone("b"))
      .isRefused("ARCHIVED");
  });

  it("refuses an unknown one, and a taken name", () => {
    given(app).when(clone("NY")).isRefused("NOT_FOUND");
    given(app, source)
      .when(clone("NY", { name: "NY" }))
      .isRefused("TAKEN");
  });
});

describe("archiving a segment", () => {
  it("records it once", () => {
    given(app, segment("NY"))
      .when(archive("NY", "old"))
      .yields({ type: "SegmentArchived", data: { id: idOf("NY"), note: "old" } });
    given(app, segment("NY"), archived("NY")).when(archive("NY")).yieldsNothing();
  });

  it("refuses while configs and segments use it, with the whole list", () => {
    given(app, segment("a"), of("b", "a"), of("c", "a"), ...config("a"))
      .when(archive("a"))
      .isRefusedWith({
        code: "IN_USE",
        path: ["segmentId"],
        usedBy: [
          configReference,
          { kind: "Segment", id: idOf("b"), name: "b" },
          { kind: "Segment", id: idOf("c"), name: "c" },
        ],
      });
    given(app, segment("a"), of("b", "a"), edited("b", {}))
      .when(archive("a"))
      .yields({ type: "SegmentArchived", data: { id: idOf("a"), note: "" } });
    given(app, segment("a"), of("b", "a"), archived("b"))
      .when(archive("a"))
      .yields({ type: "SegmentArchived", data: { id: idOf("a"), note: "" } });
  });

  it("refuses an unknown one", () => given(app).when(archive("NY")).isRefused("NOT_FOUND"));
});

describe("restoring a segment", () => {
  it("records it once", () => {
    given(app, segment("NY"), archived("NY"))
      .when(restore("NY"))
      .yields({ type: "SegmentRestored", data: { id: idOf("NY"), note: "" } });
    given(app, segment("NY")).when(restore("NY")).yieldsNothing();
  });

  it("refuses if its name is taken by now", () =>
    given(app, segment("NY"), archived("NY"), edited("LA", {}), {
      type: "SegmentEdited",
      data: { id: idOf("LA"), name: "NY", description: "", condition: {}, note: "" },
    })
      .when(restore("NY"))
      .isRefusedWith({ code: "TAKEN", path: ["name"] }));

  it("refuses while segments that it names are archived, each of them", () =>
    given(app, segment("a"), segment("b"), of("c", "a", "b"), archived("c"), archived("a"), archived("b"))
      .when(restore("c"))
      .isRefused("ARCHIVED", "ARCHIVED"));

  it("keeps to the limit", () => {
    const others = Array.from({ length: SEGMENTS_PER_APP_MAX }, (_, index) => segment(`s${index}`));
    given(app, segment("NY"), archived("NY"), ...others)
      .when(restore("NY"))
      .isRefused("LIMIT_REACHED");
    given(app, segment("NY"), archived("NY"), ...others.slice(1))
      .when(restore("NY"))
      .yields({ type: "SegmentRestored", data: { id: idOf("NY"), note: "" } });
  });
});

describe("any command about segments", () => {
  const names = ["a", "b", "c"] as const;
  const name = fc.constantFrom(...names);
  const condition = fc.oneof(
    fc.constantFrom<JsonObject[]>({}, iphone, { $percent: 5 }, { a: { $bad: 1 } }),
    name.map((other): JsonObject => ({ $segment: idOf(`${other}0`) })),
  );
  const note = fc.constantFrom("", "why");
  const command: fc.Arbitrary<SegmentCommand> = fc.oneof(
    fc.record({ name, condition, note }).map((data) => ({ type: "CreateSegment" as const, data })),
    fc
      .record({ id: name.map((of) => idOf(`${of}0`)), name, condition, note })
      .map((data) => ({ type: "EditSegment" as const, data })),
    fc
      .record({ id: name.map((of) => idOf(`${of}0`)), name, note })
      .map((data) => ({ type: "CloneSegment" as const, data })),
    name.map((of) => archive(`${of}0`)),
    name.map((of) => restore(`${of}0`)),
  );
  // Names made ids: so that edits and archives find what creations made.
  const commandId = (next: SegmentCommand) => ("name" in next.data ? String(next.data.name) : "x");

  it("appends nothing when repeated, and never makes a cycle or leaves an archived one in use", () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), command, (history, last) => {
        const isMade = (past: readonly AnyAppEvent[], next: SegmentCommand) =>
          (next.type === "CreateSegment" || next.type === "CloneSegment") &&
          past.some(({ data }) => "id" in data && data.id === idOf(`${commandId(next)}0`));
        const step = (past: readonly AnyAppEvent[], next: SegmentCommand) =>
          isMade(past, next) ? past : run(past, next, { commandId: commandId(next) });
        const before = history.reduce(step, [app]);
        fc.pre(!isMade(before, last));
        const once = step(before, last);
        expect(run(once, last, { commandId: "again" })).toEqual(once);
        expectSound(once);
      }),
      { numRuns: 300 },
    ));
});

function expectSound(past: readonly AnyAppEvent[]): void {
  const { segments } = deciding<AppState, AppCommand, AnyAppEvent>(appDecider).state(past);
  const unarchived = [...segments.values()].filter(({ isArchived }) => !isArchived);
  const depth = (id: string): number => {
    const found = segments.get(id);
    expect(found?.isArchived).toBe(false);
    return 1 + Math.max(0, ...(found?.refersTo ?? []).map(depth));
  };
  for (const { id } of unarchived) expect(depth(id)).toBeLessThanOrEqual(SEGMENT_NESTING_MAX);
  expect(new Set(unarchived.map(({ name }) => name)).size).toBe(unarchived.length);
}
