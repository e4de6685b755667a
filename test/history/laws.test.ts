import fc from "fast-check";
import { histories } from "./histories";
import type { AnyAppEvent } from "../../src/apps/app.state";
import type { ChangeRow } from "../../src/changes/changes.projection";
import { findHistory, type HistoryFilter } from "../../src/history/appHistory";
import { diffDocuments } from "../../src/history/documentDiff";
import { findHistoryPages } from "../../src/history/entityHistory";
import { jsonEquals } from "../../src/lib/json";
import { PROJECTIONS } from "../../src/parts";
import type { Database } from "../../src/postgres/database";
import { projectedApp, projectedAt, type ProjectedApp } from "../support/projecting";

const [control] = PROJECTIONS;
const ACTORS = ["ann", "bob", "scheduler"];
const ALL: HistoryFilter = {
  entities: null,
  kinds: null,
  types: null,
  actors: null,
  since: null,
  until: null,
  kindsWithheld: [],
};

let app: ProjectedApp;
beforeAll(async () => {
  if (!control) throw new Error("There is a read model.");
  app = await projectedApp(control, "shop", (revision) => ACTORS[revision % 3] ?? "");
});
afterAll(async () => app.drop());

/** Projects the events, and none from before, in batches of that size and hands over the database that they are in. */
async function withHistory(
  events: readonly AnyAppEvent[],
  batch: number,
  use: (database: Database) => Promise<void>,
): Promise<void> {
  await app.startAgain();
  for (let from = 0; from < events.length; from += batch) {
    await app.project(...events.slice(from, from + batch));
  }
  await use(app.database);
}

/** The whole history, read page by page. */
async function readAll(
  database: Database,
  filter: HistoryFilter,
  limit: number,
): Promise<readonly ChangeRow[]> {
  const rows: ChangeRow[] = [];
  for (let after: readonly number[] | null = null; ;) {
    const page = await findHistory(database, "shop", filter, { limit, after });
    rows.push(...page.rows);
    const last = page.rows.at(-1);
    if (!page.hasNextPage || !last) return rows;
    after = [last.revision];
  }
}

describe("after any history", () => {
  it("what a change leaves is what the next change of the same thing finds", async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.integer({ min: 1, max: 30 }), async (events, batch) => {
        await withHistory(events, batch, async (database) => {
          const rows = [...(await readAll(database, ALL, 7))].reverse();
          expect(rows.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
          const last = new Map<string, ChangeRow["after"]>();
          for (const { kind, entity, before, after } of rows) {
            expect(before).toEqual(last.get(entity) ?? null);
            expect(diffDocuments(kind, before, after).length === 0).toBe(jsonEquals(before, after));
            last.set(entity, after);
          }
        });
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it("a thing's own history is what happened to it in the whole one", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (events) => {
        await withHistory(events, 50, async (database) => {
          const rows = await readAll(database, ALL, 100);
          const entities = [...new Set(rows.map(({ entity }) => entity))].filter(
            (id) => !id.startsWith("app_"),
          );
          const pages = await findHistoryPages(
            database,
            entities.map((releaseId) => ({ releaseId, limit: 3, after: 40 })),
          );
          entities.forEach((entity, index) => {
            const own = rows.filter((row) => row.entity === entity);
            const older = own.filter(({ revision }) => revision < 40);
            expect(pages[index]).toEqual({
              rows: older.slice(0, 3).map((row) => ({ ...row, page: index + 1 })),
              hasNextPage: older.length > 3,
              totalCount: own.length,
            });
          });
        });
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });

  it("a filter shows those that fit all of it, in pages of any size, and counts them", async () => {
    const chosen = (...values: string[]) =>
      fc.option(fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 }));
    const instant = fc.option(fc.integer({ min: -1, max: 70 }).map(projectedAt));
    const filters: fc.Arbitrary<HistoryFilter> = fc.record({
      entities: chosen("config_shop_c0n0", "key_shop_price", "segment_shop_ny", "app_shop", "none"),
      kinds: chosen("Key", "Config", "Environment", "App", "None"),
      types: chosen("KeyEdited", "ConfigEdited", "ConfigPublished", "SegmentEdited", "EnvironmentCreated"),
      actors: chosen("ann", "bob", "nobody"),
      since: instant,
      until: instant,
      kindsWithheld: fc.constantFrom([], ["Key"]),
    });
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.array(filters, { minLength: 20, maxLength: 20 }),
        async (events, tried) => {
          await withHistory(events, 100, async (database) => {
            const all = await readAll(database, ALL, 100);
            for (const filter of tried) {
              const fitting = all.filter((row) => fits(row, filter)).map(({ revision }) => revision);
              const found = await readAll(database, filter, 4);
              expect(found.map(({ revision }) => revision)).toEqual(fitting);
              const { totalCount } = await findHistory(database, "shop", filter, { limit: 1, after: [5] });
              expect(await (totalCount as () => Promise<number>)()).toBe(fitting.length);
            }
          });
        },
      ),
      { numRuns: 4, endOnFailure: true },
    );
  });
});

function fits({ entity, kind, type, actor, time }: ChangeRow, filter: HistoryFilter): boolean {
  const passes = (list: readonly string[] | null, value: string) => list === null || list.includes(value);
  return (
    passes(filter.entities, entity) &&
    passes(filter.kinds, kind) &&
    passes(filter.types, type) &&
    passes(filter.actors, actor) &&
    !filter.kindsWithheld.includes(kind) &&
    (filter.since === null || time >= filter.since) &&
    (filter.until === null || time < filter.until)
  );
}
