import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent, AppState } from "../../src/apps/app.state";
import type { LabelCommand } from "../../src/labels/label.decider";
import { OWNER_LENGTH_MAX, TAG_LENGTH_MAX, TAGS_PER_THING_MAX } from "../../src/labels/labelForm.policy";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { deciding } from "../support/deciding";

const { given } = deciding<AppState, AppCommand, AnyAppEvent>(appDecider);

const app: AnyAppEvent = { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } };
const key: AnyAppEvent = {
  type: "KeyCreated",
  data: {
    name: "colour",
    type: "INTEGER",
    defaultValue: 1,
    description: "",
    valueSchema: null,
    isVisibleToClients: true,
    note: "",
  },
};
const named = { name: "s", description: "", note: "" };
const segment: AnyAppEvent = {
  type: "SegmentCreated",
  data: { ...named, id: "segment_shop_1", condition: {}, clonedFrom: null },
};
const goal: AnyAppEvent = {
  type: "GoalCreated",
  data: { ...named, id: "goal_shop_1", events: [{ name: "Charged", where: null }], valueProperty: null },
};
const config: AnyAppEvent = {
  type: "ConfigCreated",
  data: {
    ...named,
    id: "config_shop_1",
    version: 1,
    references: { keys: [], segments: [] },
    content: { keys: [], rules: [] },
  },
};
const removeBy = "2027-01-01T00:00:00.000Z";
const none = { tags: [], owner: null, removeBy: null };
const setLabels = (data: object, kind = "Segment", id = "segment_shop_1"): LabelCommand => ({
  type: "SetLabels",
  data: { kind, id, ...data },
});
const labelled = (data: object): AnyAppEvent => ({
  type: "SegmentLabelled",
  data: { id: "segment_shop_1", note: "", ...none, ...data },
});

describe("setting labels", () => {
  it("is recorded for every kind of thing", () => {
    const past = given(app, key, segment, goal, config);
    const data = { tags: ["new"], owner: "Team", removeBy, note: "why" };
    past
      .when(setLabels(data, "Key", "colour"))
      .yields({ type: "KeyLabelled", data: { name: "colour", ...data } });
    past.when(setLabels(data)).yields({ type: "SegmentLabelled", data: { id: "segment_shop_1", ...data } });
    past
      .when(setLabels(data, "Goal", "goal_shop_1"))
      .yields({ type: "GoalLabelled", data: { id: "goal_shop_1", ...data } });
    past
      .when(setLabels(data, "Config", "config_shop_1"))
      .yields({ type: "ConfigLabelled", data: { id: "config_shop_1", ...data } });
  });

  it("keeps tags trimmed, each once, in order", () =>
    given(app, segment)
      .when(setLabels({ tags: [" b", "a", "b ", "A"] }))
      .yields(labelled({ tags: ["A", "a", "b"] })));

  it("keeps what it does not say, and takes away what is null or empty", () => {
    const past = [app, segment, labelled({ tags: ["a"], owner: "Team", removeBy })];
    given(...past)
      .when(setLabels({ tags: ["b"] }))
      .yields(labelled({ tags: ["b"], owner: "Team", removeBy }));
    given(...past)
      .when(setLabels({ owner: null }))
      .yields(labelled({ tags: ["a"], removeBy }));
    given(...past)
      .when(setLabels({ tags: [], owner: "  ", removeBy: null }))
      .yields(labelled(none));
  });

  it("says nothing if nothing changes, whatever the note", () => {
    given(app, segment)
      .when(setLabels({ tags: [], owner: "", note: "x" }))
      .yieldsNothing();
    given(app, segment, labelled({ tags: ["a", "b"] }))
      .when(setLabels({ tags: ["b", "a", "a"] }))
      .yieldsNothing();
  });

  it("lives on through edits, archiving and restoring", () => {
    const edited: AnyAppEvent = {
      type: "SegmentEdited",
      data: { ...named, id: "segment_shop_1", name: "t", condition: {} },
    };
    const ended: AnyAppEvent[] = [
      { type: "SegmentArchived", data: { id: "segment_shop_1", note: "" } },
      { type: "SegmentRestored", data: { id: "segment_shop_1", note: "" } },
    ];
    given(app, segment, labelled({ tags: ["a"] }), edited, ...ended)
      .when(setLabels({ owner: "Team" }))
      .yields(labelled({ tags: ["a"], owner: "Team" }));
  });

  it("takes 50 tags and refuses 51", () => {
    const tags = (count: number) => Array.from({ length: count }, (_, index) => `t${100 + index}`);
    given(app, segment)
      .when(setLabels({ tags: tags(TAGS_PER_THING_MAX) }))
      .yields(labelled({ tags: tags(50) }));
    given(app, segment)
      .when(setLabels({ tags: tags(TAGS_PER_THING_MAX + 1) }))
      .isRefusedWith({ code: "LIMIT_REACHED", path: ["tags"] });
    given(app, segment)
      .when(setLabels({ tags: Array.from({ length: 10_000 }, () => "") }))
      .isRefusedWith({ code: "LIMIT_REACHED", path: ["tags"] }, ...tags(50).map(() => ({ code: "INVALID" })));
  });

  it("bounds tags, owner and note, with the path to each", () => {
    const longest = {
      tags: ["x".repeat(TAG_LENGTH_MAX)],
      owner: "x".repeat(OWNER_LENGTH_MAX),
      note: "x".repeat(NOTE_LENGTH_MAX),
    };
    given(app, segment).when(setLabels(longest)).yields(labelled(longest));
    for (const tag of ["", "  ", `${longest.tags[0]}x`, "a\0b", "\ud800"]) {
      given(app, segment)
        .when(setLabels({ tags: ["a", tag] }))
        .isRefusedWith({ code: "INVALID", path: ["tags", "1"] });
    }
    for (const field of ["owner", "note"] as const) {
      for (const text of [`${longest[field]}x`, "a\0b"]) {
        given(app, segment)
          .when(setLabels({ tags: ["a"], [field]: text }))
          .isRefusedWith({ code: "INVALID", path: [field] });
      }
    }
  });

  it("refuses what is archived, what is not there, and what has no labels", () => {
    given(app, segment, { type: "SegmentArchived", data: { id: "segment_shop_1", note: "" } })
      .when(setLabels({ tags: ["a"] }))
      .isRefusedWith({ code: "ARCHIVED", path: ["id"] });
    for (const kind of ["Key", "Segment", "Goal", "Config", "Environment", "constructor", ""]) {
      given(app, segment)
        .when(setLabels({ tags: ["a"] }, kind, "segment_shop_2"))
        .isRefusedWith({ code: "NOT_FOUND", path: ["id"] });
    }
    given(app, segment)
      .when(setLabels({ tags: ["a"] }, "Goal"))
      .isRefused("NOT_FOUND");
  });
});
