import fc from "fast-check";
import { app, archived, archive, create, edit, edited, goal, idOf, restore, restored } from "./goals";
import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import { appProjection } from "../../src/apps/app.projection";
import type { AnyAppEvent, AppState } from "../../src/apps/app.state";
import { controlProjection } from "../../src/apps/control.projection";
import { replaceUses, useTable } from "../../src/apps/uses.tables";
import { CHANGE_COLUMNS } from "../../src/changes/changeColumns";
import { goalProjection } from "../../src/goals/goal.projection";
import { findGoals, listGoals } from "../../src/goals/goal.queries";
import { labelsOfRow, NO_LABEL_COLUMNS, NO_LABELS } from "../../src/labels/labels.policy";
import type { SliceProjection } from "../../src/projections/sliceProjection";
import { deciding } from "../support/deciding";
import { listOf } from "../support/listing";
import { projectedApp, projectedAt, type ProjectedApp } from "../support/projecting";

/** Stands for a slice whose things use goals: each new environment uses the goal "used". */
const usingSlice: SliceProjection = {
  tables: [useTable],
  reads: () => [],
  apply({ type }, rows) {
    if (type !== "EnvironmentCreated") return;
    replaceUses(rows, "shop", { kind: "Experiment", id: "1", name: "one" }, {}, { Goal: [idOf("used")] });
  },
  document: () => null,
};
const use: AnyAppEvent = { type: "EnvironmentCreated", data: { name: "e", description: "", note: "" } };

describe("the read model of goals", () => {
  let shop: ProjectedApp;
  beforeEach(async () => {
    shop = await projectedApp(controlProjection([appProjection, goalProjection, usingSlice]), "shop");
    await shop.project(app);
  });
  afterEach(() => shop.drop());

  it("shows a goal as it was created, changed and archived", async () => {
    const events = [{ name: "Paid", where: { b: { $in: ["x", 1] }, a: 1.5 } }];
    await shop.project(
      goal("Bought"),
      edited("Bought", { name: "Paid", description: "d", events, valueProperty: "amount" }),
      archived("Bought"),
    );
    expect(await findGoals(shop.database, [idOf("Bought"), idOf("none")])).toEqual([
      {
        app: "shop",
        id: idOf("Bought"),
        name: "Paid",
        description: "d",
        events,
        value_property: "amount",
        note: "gone",
        is_archived: true,
        ...NO_LABEL_COLUMNS,
        created_at: projectedAt(1),
        created_by: "actor",
        updated_at: projectedAt(3),
        updated_by: "actor",
      },
    ]);
  });

  it("lists pages by name, and those of one name by id", async () => {
    await shop.project(
      goal("1"),
      archived("1"),
      goal("2"),
      goal("3", { name: "1" }),
      archived("3"),
      goal("10"),
    );
    const page = async (
      archivedOnes: "EXCLUDE" | "INCLUDE" | "ONLY",
      limit: number,
      after: [string, string] | null = null,
    ) => {
      const { rows, hasNextPage, totalCount } = await listGoals(
        shop.database,
        "shop",
        listOf({ archived: archivedOnes, first: limit, after }),
      );
      return [rows.map(({ name, id }) => `${name} ${id}`), hasNextPage, totalCount];
    };
    expect(await page("EXCLUDE", 5)).toEqual([["10 goal_shop_10", "2 goal_shop_2"], false, 2]);
    expect(await page("ONLY", 1)).toEqual([["1 goal_shop_1"], true, 2]);
    expect(await page("INCLUDE", 2, ["1", "goal_shop_1"])).toEqual([
      ["1 goal_shop_3", "10 goal_shop_10"],
      true,
      4,
    ]);
  });

  it("gives the feed the goal before and after", async () => {
    await shop.project(goal("a", { valueProperty: "amount" }), archived("a"));
    const [, change] = await shop.database.query(
      `select kind, entity, environment, before, after
         from (select ${CHANGE_COLUMNS} from models.changes) shown where revision > 0 order by revision`,
    );
    const document = {
      id: idOf("a"),
      name: "a",
      description: "",
      events: [{ name: "Charged", where: null }],
      valueProperty: "amount",
      isArchived: false,
      ...NO_LABELS,
    };
    expect(change).toEqual({
      kind: "Goal",
      entity: idOf("a"),
      environment: null,
      before: document,
      after: { ...document, isArchived: true },
    });
  });

  describe("stops, rather than show", () => {
    it("an archived goal in use", async () => {
      await shop.project(goal("used"), use);
      await expect(shop.project(archived("used"))).rejects.toThrow("uses_usable");
    });

    it("a use of a goal that is put away or does not exist", async () => {
      await expect(shop.project(use)).rejects.toThrow("uses_usable");
      await expect(shop.project(goal("used"), archived("used"), use)).rejects.toThrow("uses_usable");
      await shop.project(goal("used"), archived("used"), restored("used"), use);
    });

    it("two unarchived goals of one name", async () => {
      await shop.project(goal("a"), goal("b"));
      await expect(shop.project(edited("b", { name: "a" }))).rejects.toThrow("goals_name");
    });
  });
});

describe("after any history", () => {
  const { run, state } = deciding<AppState, AppCommand, AnyAppEvent>(appDecider);
  const name = fc.constantFrom("A", "B", "C");
  const content = fc.record(
    {
      name,
      description: fc.constantFrom("", "d"),
      events: fc.array(fc.record({ name, where: fc.constantFrom(null, { a: 1 }) }), { maxLength: 3 }),
      valueProperty: fc.constantFrom(null, "amount"),
    },
    { requiredKeys: [] },
  );
  const id = fc.integer({ min: 0, max: 5 }).map((number) => `command${number}0`);
  const command = fc.oneof(
    content.map(create),
    fc.tuple(id, content).map(([id, data]) => edit(id, data)),
    id.map((id) => archive(id)),
    id.map((id) => restore(id)),
    fc
      .tuple(id, fc.subarray(["a", "b"]), fc.constantFrom(null, "Team"))
      .map(([id, tags, owner]): AppCommand => ({
        type: "SetLabels",
        data: { kind: "Goal", id: idOf(id), tags, owner },
      })),
  );

  it("the rows are what the fold says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
        const history = commands.reduce<readonly AnyAppEvent[]>(
          (past, next, index) => run(past, next, { commandId: `command${index}` }),
          [app],
        );
        const shop = await projectedApp(controlProjection([appProjection, goalProjection]), "shop");
        try {
          await shop.project(...history);
          const goals = [...state(history).goals.values()];
          const rows = await findGoals(
            shop.database,
            goals.map((goal) => goal.id),
          );
          const shown = rows.map((row) => ({
            ...{ id: row.id, name: row.name, description: row.description, events: row.events },
            valueProperty: row.value_property,
            isArchived: row.is_archived,
            labels: labelsOfRow(row),
          }));
          const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
          expect(shown.sort(byId)).toEqual(goals.sort(byId));
          expect((await listGoals(shop.database, "shop", listOf({ archived: "INCLUDE" }))).totalCount).toBe(
            goals.length,
          );
        } finally {
          await shop.drop();
        }
      }),
      { numRuns: 8 },
    );
  });
});
