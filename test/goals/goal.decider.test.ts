import { archive, archived, app, contentOf, create, edit, edited, goal, idOf, restore } from "./goals";
import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent, AppState } from "../../src/apps/app.state";
import type { UserSource } from "../../src/apps/uses.policy";
import { createGoalDecider, GOALS_PER_APP_MAX, type GoalCommand } from "../../src/goals/goal.decider";
import {
  EVENT_NAME_LENGTH_MAX,
  EVENTS_PER_GOAL_MAX,
  GOAL_DESCRIPTION_LENGTH_MAX,
  GOAL_NAME_LENGTH_MAX,
  VALUE_PROPERTY_LENGTH_MAX,
} from "../../src/goals/goalForm.policy";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { deciding } from "../support/deciding";

const { given } = deciding<AppState, AppCommand, AnyAppEvent>(appDecider);

const times = <Made>(count: number, make: (index: number) => Made): Made[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe("creating a goal", () => {
  const created = contentOf("command0", { name: "Bought" });
  const expectAccepted = (data: object) =>
    expect(given(app).when(create(data)).decision).toMatchObject({ outcome: "accepted" });

  it("records it, its name trimmed, and its events with or without conditions", () =>
    given(app)
      .when(
        create({
          name: " Bought ",
          description: "Pays us.",
          events: [{ name: "Charged", where: { amount: { $gt: 10 } } }, { name: "Subscribed" }],
          valueProperty: "order.amount",
          note: "first",
        }),
      )
      .yields({
        type: "GoalCreated",
        data: {
          ...created,
          description: "Pays us.",
          events: [
            { name: "Charged", where: { amount: { $gt: 10 } } },
            { name: "Subscribed", where: null },
          ],
          valueProperty: "order.amount",
          note: "first",
        },
      }));

  it("bounds name, description and note", () => {
    const longest = {
      name: "x".repeat(GOAL_NAME_LENGTH_MAX),
      description: "x".repeat(GOAL_DESCRIPTION_LENGTH_MAX),
      note: "x".repeat(NOTE_LENGTH_MAX),
    };
    given(app)
      .when(create(longest))
      .yields({ type: "GoalCreated", data: { ...created, ...longest } });
    for (const [field, text] of Object.entries(longest)) {
      for (const wrong of [`${text}x`, "a\0b", "\ud800"]) {
        given(app)
          .when(create({ [field]: wrong }))
          .isRefusedWith({ code: "INVALID", path: [field] });
      }
    }
    for (const name of ["", "   "]) {
      given(app)
        .when(create({ name }))
        .isRefusedWith({ code: "INVALID", path: ["name"] });
    }
  });

  it("takes 1 to 10 events", () => {
    const events = (count: number) => times(count, (index) => ({ name: `event ${index}` }));
    expectAccepted({ events: events(EVENTS_PER_GOAL_MAX) });
    for (const count of [0, EVENTS_PER_GOAL_MAX + 1, 100_000]) {
      given(app)
        .when(create({ events: events(count) }))
        .isRefusedWith({ code: "INVALID", path: ["events"] });
    }
  });

  it("bounds the names of events, each with the path to it", () => {
    expectAccepted({ events: [{ name: "x".repeat(EVENT_NAME_LENGTH_MAX) }] });
    for (const name of ["", " \n", "x".repeat(EVENT_NAME_LENGTH_MAX + 1), "a\0b", "\ud800"]) {
      given(app)
        .when(create({ events: [{ name: "Charged" }, { name }] }))
        .isRefusedWith({ code: "INVALID", path: ["events", "1", "name"] });
    }
  });

  it("refuses one event twice under the same condition, however that is written", () => {
    const where = { a: 1, b: 2 };
    for (const [one, other] of [
      [{}, {}],
      [{}, { where: {} }],
      [{ where: null }, {}],
      [{ where }, { where: { b: 2, a: 1 } }],
    ]) {
      given(app)
        .when(
          create({ events: [{ name: "Charged", ...one }, { name: "Other" }, { name: "Charged", ...other }] }),
        )
        .isRefusedWith({ code: "INVALID", path: ["events", "2"] });
    }
    expectAccepted({ events: [{ name: "Charged" }, { name: "Charged", where }, { name: "charged" }] });
  });

  it("checks the conditions of events as a segment's, with the path to each fault", () => {
    const faults: [unknown, string[]][] = [
      [{ amount: { $gt: [] } }, ["amount", "$gt"]],
      [{ "a/b~c": { $in: 1 } }, ["a/b~c", "$in"]],
      [{ $and: [{ a: { $regex: "(?=x)" } }] }, ["$and", "0", "a", "$regex"]],
      [[], []],
      ["all", []],
    ];
    for (const [where, path] of faults) {
      given(app)
        .when(create({ events: [{ name: "Viewed" }, { name: "Charged", where }] }))
        .isRefusedWith({ code: "INVALID", path: ["events", "1", "where", ...path] });
    }
  });

  it("refuses conditions that speak of the user, for they are over the event", () => {
    for (const operator of ["$segment", "$userIn", "$percent", "$notSegment"]) {
      given(app)
        .when(create({ events: [{ name: "Charged", where: { $or: [{ [operator]: "x" }] } }] }))
        .isRefusedWith({ code: "INVALID", path: ["events", "0", "where", "$or", "0", operator] });
    }
  });

  it("refuses a value property that names no property", () => {
    expectAccepted({ valueProperty: "x".repeat(VALUE_PROPERTY_LENGTH_MAX) });
    for (const valueProperty of [
      "",
      "$sum",
      "a..b",
      "a.",
      "x".repeat(VALUE_PROPERTY_LENGTH_MAX + 1),
      "a\0",
    ]) {
      given(app)
        .when(create({ valueProperty }))
        .isRefusedWith({ code: "INVALID", path: ["valueProperty"] });
    }
  });

  it("says everything that is wrong at once", () =>
    given(app, goal("Bought"))
      .when(
        create({
          note: "\0",
          description: "\0",
          valueProperty: "$",
          events: [{ name: "" }, { name: "a", where: { b: { $in: 1 } } }],
        }),
      )
      .isRefusedWith(
        { path: ["description"] },
        { path: ["events", "0", "name"] },
        { path: ["events", "1", "where", "b", "$in"] },
        { path: ["valueProperty"] },
        { path: ["note"] },
        { path: ["name"], code: "TAKEN" },
      ));

  it("refuses a name that another one has, but not one that an archived one has", () => {
    given(app, goal("Bought"))
      .when(create())
      .isRefusedWith({ code: "TAKEN", path: ["name"] });
    given(app, goal("Bought"))
      .when(create({ name: "bought" }))
      .yields({ type: "GoalCreated", data: { ...created, name: "bought" } });
    given(app, goal("Bought"), archived("Bought"))
      .when(create())
      .yields({ type: "GoalCreated", data: created });
  });

  it("refuses the 501st that is not archived", () => {
    const others = times(GOALS_PER_APP_MAX, (index) => goal(`g${index}`));
    given(app, ...others)
      .when(create())
      .isRefusedWith({ code: "LIMIT_REACHED" });
    given(app, ...others, archived("g0"))
      .when(create())
      .yields({ type: "GoalCreated", data: created });
  });
});

describe("editing a goal", () => {
  const past = [app, goal("Bought", { description: "d", valueProperty: "amount" })];

  it("records the whole content, and keeps what it does not say", () =>
    given(...past)
      .when(edit("Bought", { events: [{ name: "Paid" }], note: "why" }))
      .yields(
        edited("Bought", {
          description: "d",
          valueProperty: "amount",
          events: [{ name: "Paid", where: null }],
          note: "why",
        }),
      ));

  it("takes the value property away if it is said to be null", () =>
    given(...past)
      .when(edit("Bought", { valueProperty: null }))
      .yields(edited("Bought", { description: "d" })));

  it("says nothing if nothing changes, whatever the note", () => {
    given(...past)
      .when(edit("Bought", {}))
      .yieldsNothing();
    given(...past)
      .when(edit("Bought", { name: " Bought", events: [{ name: "Charged" }], note: "x" }))
      .yieldsNothing();
  });

  it("refuses what a new goal may not have", () =>
    given(...past)
      .when(edit("Bought", { events: [], valueProperty: "$" }))
      .isRefusedWith({ path: ["events"] }, { path: ["valueProperty"] }));

  it("refuses a taken name, and lets it keep its own", () => {
    given(...past, goal("Seen"))
      .when(edit("Seen", { name: "Bought" }))
      .isRefusedWith({ code: "TAKEN", path: ["name"] });
    given(...past)
      .when(edit("Bought", { name: "Bought" }))
      .yieldsNothing();
  });

  it("refuses unknown and archived goals", () => {
    given(app)
      .when(edit("x".repeat(10_000), {}))
      .isRefusedWith({ code: "NOT_FOUND", path: ["goalId"] });
    given(...past, archived("Bought"))
      .when(edit("Bought", { description: "x" }))
      .isRefusedWith({ code: "ARCHIVED", path: ["goalId"] });
  });
});

describe("archiving a goal", () => {
  it("records it once", () => {
    given(app, goal("Bought"))
      .when(archive("Bought", "old"))
      .yields({ type: "GoalArchived", data: { id: idOf("Bought"), note: "old" } });
    given(app, goal("Bought"), archived("Bought")).when(archive("Bought")).yieldsNothing();
  });

  it("bounds the note", () =>
    given(app, goal("Bought"))
      .when(archive("Bought", "x".repeat(NOTE_LENGTH_MAX + 1)))
      .isRefusedWith({ code: "INVALID", path: ["note"] }));

  it("refuses while anything uses it, with the whole list", () => {
    const experiments = ["Button", "Colour"].map((name) => ({ kind: "Experiment", id: name, name }));
    const usedBySome: UserSource = (_state, { kind, id }) =>
      kind === "Goal" && id === idOf("Bought") ? experiments : [];
    const decider = createGoalDecider(usedBySome);
    const whileUsed = deciding<AppState, GoalCommand, AnyAppEvent>({
      ...appDecider,
      ...decider,
      needs: () => [],
    });
    whileUsed
      .given(app, goal("Bought"))
      .when(archive("Bought"))
      .isRefusedWith({
        code: "IN_USE",
        path: ["goalId"],
        usedBy: experiments,
        message:
          'Goal "Bought" is used by "Button", "Colour". Archive these first, or take the goal out of them.',
      });
    whileUsed
      .given(app, goal("Seen"))
      .when(archive("Seen"))
      .yields({ type: "GoalArchived", data: { id: idOf("Seen"), note: "" } });
  });

  it("refuses an unknown one", () => given(app).when(archive("none")).isRefused("NOT_FOUND"));
});

describe("restoring a goal", () => {
  const past = [app, goal("Bought"), archived("Bought")];

  it("records it once", () => {
    given(...past)
      .when(restore("Bought", "again"))
      .yields({ type: "GoalRestored", data: { id: idOf("Bought"), note: "again" } });
    given(app, goal("Bought")).when(restore("Bought")).yieldsNothing();
  });

  it("refuses if its name is taken by now", () =>
    given(...past, goal("other", { name: "Bought" }))
      .when(restore("Bought"))
      .isRefusedWith({ code: "TAKEN", path: ["name"] }));

  it("keeps to the limit and to the note's bound", () => {
    const others = times(GOALS_PER_APP_MAX, (index) => goal(`g${index}`));
    given(...past, ...others)
      .when(restore("Bought", "\0"))
      .isRefused("INVALID", "LIMIT_REACHED");
    given(...past, ...others.slice(1))
      .when(restore("Bought"))
      .yields({ type: "GoalRestored", data: { id: idOf("Bought"), note: "" } });
  });
});
