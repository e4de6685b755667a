import fc from "fast-check";
import { appProjection } from "../../src/apps/app.projection";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { controlProjection } from "../../src/apps/control.projection";
import { goalProjection } from "../../src/goals/goal.projection";
import { findGoals, listGoals } from "../../src/goals/goal.queries";
import type { GoalRow } from "../../src/goals/goal.tables";
import type { ListFilter, ListOrder } from "../../src/listing/listing.graphql";
import { positionIn } from "../../src/listing/listing.queries";
import { app, archived, goal, idOf } from "../goals/goals";
import { listOf } from "../support/listing";
import { projectedApp, projectedAt, type ProjectedApp } from "../support/projecting";

const TEXTS = ["", "Éclair 50%", "snake_case", "SNAKE", "éclair", "a\\b", "naïve café", "50 percent"];
const TAGS = ["a", "b", 'a"b', "ü"];
const OWNERS = [null, "Team A", "Team B"];
const GOALS = 40;

/** Goals of all sorts; many that are archived share their names. */
const history: AnyAppEvent[] = Array.from({ length: GOALS }, (_, index) => {
  const id = `${index}`;
  const isArchived = index % 3 === 0;
  const name = isArchived ? `same ${index % 2}` : `${TEXTS[index % TEXTS.length]} ${index}`;
  const description = TEXTS[(index * 3) % TEXTS.length] ?? "";
  const labels = {
    tags: TAGS.filter((_tag, bit) => ((index >> bit) & 1) === 1),
    owner: OWNERS[index % OWNERS.length] ?? null,
    removeBy: index % 4 === 0 ? projectedAt(index) : null,
  };
  const labelled: AnyAppEvent = { type: "GoalLabelled", data: { id: idOf(id), note: "", ...labels } };
  return [goal(id, { name, description }), labelled, ...(isArchived ? [archived(id)] : [])];
}).flat();

let shop: ProjectedApp;
let all: readonly GoalRow[];
beforeAll(async () => {
  shop = await projectedApp(controlProjection([appProjection, goalProjection]), "shop");
  await shop.project(app, ...history);
  all = await findGoals(
    shop.database,
    Array.from({ length: GOALS }, (_, index) => idOf(`${index}`)),
  );
});
afterAll(() => shop.drop());

/** What a list should show, by plain JavaScript. */
function expected(filter: ListFilter, archivedOnes: string, { by, direction }: ListOrder): readonly string[] {
  const value = (row: GoalRow) => ({ NAME: row.name, CREATED: row.created_at, CHANGED: row.updated_at })[by];
  const sign = direction === "ASC" ? 1 : -1;
  const comparing = (a: string, b: string): number => (a === b ? 0 : a < b ? -sign : sign);
  return all
    .filter((row) => archivedOnes === "INCLUDE" || row.is_archived === (archivedOnes === "ONLY"))
    .filter((row) => isShown(row, filter))
    .sort((a, b) => comparing(value(a), value(b)) || comparing(a.id, b.id))
    .map(({ id }) => id);
}

function isShown(row: GoalRow, { text, tags, owners, authors, removeBy }: ListFilter): boolean {
  const texts = `${row.name}\n${row.description}\n${row.note}`.toLowerCase();
  return (
    texts.includes((text ?? "").toLowerCase()) &&
    (tags ?? []).every((tag) => row.tags.includes(tag)) &&
    (!owners || (row.owner !== null && owners.includes(row.owner))) &&
    (!authors || authors.includes(row.created_by) || authors.includes(row.updated_by)) &&
    (!removeBy || (row.remove_by !== null && row.remove_by <= removeBy))
  );
}

async function walked(
  filter: ListFilter,
  archivedOnes: "EXCLUDE" | "INCLUDE" | "ONLY",
  orderBy: ListOrder,
  first: number,
) {
  const shown: string[] = [];
  const totals = new Set<number>();
  let after: readonly [string, string] | null = null;
  for (;;) {
    const request = listOf({ filter, archived: archivedOnes, orderBy, first, after });
    const page = await listGoals(shop.database, "shop", request);
    shown.push(...page.rows.map(({ id }) => id));
    totals.add(page.totalCount);
    const last = page.rows.at(-1);
    if (!page.hasNextPage || !last) return { shown, totals: [...totals] };
    const [, value = "", id = ""] = positionIn(orderBy, last, last.id);
    after = [value, id];
  }
}

const orders = fc.record({
  by: fc.constantFrom("NAME", "CREATED", "CHANGED"),
  direction: fc.constantFrom("ASC", "DESC"),
});
const filters = fc.record(
  {
    text: fc.constantFrom(
      "",
      "%",
      "_",
      "50%",
      "ÉCLAIR",
      "éclair",
      "Éclair",
      "snake",
      "\\",
      "same",
      "nothing",
    ),
    tags: fc.subarray(TAGS, { maxLength: 2 }),
    owners: fc.subarray(["Team A", "Team B", "Nobody"]),
    authors: fc.constantFrom(["actor"], ["somebody"], []),
    removeBy: fc.constantFrom(projectedAt(0), projectedAt(20), projectedAt(GOALS)),
  },
  { requiredKeys: [] },
);

describe("a list", () => {
  it("shows what fits the filter, in its order, whatever the size of its pages, and counts it", async () => {
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.constantFrom("EXCLUDE", "INCLUDE", "ONLY"),
        orders,
        fc.integer({ min: 1, max: 15 }),
        async (filter, archivedOnes, order, first) => {
          const ids = expected(filter, archivedOnes, order);
          const { shown, totals } = await walked(filter, archivedOnes, order, first);
          expect(shown).toEqual(ids);
          expect(totals).toEqual([ids.length]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("takes % and _ for what they are", async () => {
    const names = async (text: string) =>
      (await listGoals(shop.database, "shop", listOf({ filter: { text }, first: 100 }))).rows;
    for (const text of ["%", "_"]) {
      const rows = await names(text);
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.filter((row) => !`${row.name}${row.description}`.includes(text))).toEqual([]);
    }
    expect(await names("É__air")).toEqual([]);
  });
});
