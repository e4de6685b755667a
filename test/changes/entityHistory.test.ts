import { historyOf } from "../../src/history/entityHistory";
import { createWriter } from "../projections/things";
import { feedFixture, type FeedFixture } from "./feedFixture";

describe("the history of an entity", () => {
  let fixture: FeedFixture;

  beforeAll(async () => {
    fixture = await feedFixture();
    const { runner } = await fixture.startServer();
    const write = createWriter(fixture.store, "shop");
    await write("ThingMade", { name: "a" }, { name: "b" });
    await runner.projected(
      await write("ThingGrown", { name: "a", size: 1 }, { name: "b" }, { name: "a", size: 2 }),
    );
  });
  afterAll(() => fixture.stop());

  const page = (kind: string, limit: number, after: readonly number[] | null) =>
    historyOf(fixture.database, "shop", kind, "thing_shop_a", { limit, after });

  it("gives what happened to that one alone, the newest first, page by page", async () => {
    const first = await page("Thing", 2, null);
    expect(first.rows.map(({ revision, type }) => [revision, type])).toEqual([
      [4, "ThingGrown"],
      [2, "ThingGrown"],
    ]);
    expect(first).toMatchObject({ hasNextPage: true, totalCount: 3 });
    expect(first.rows[0]).toMatchObject({ before: { size: 1 }, after: { size: 3 } });
    const second = await page("Thing", 2, [2]);
    expect(second.rows.map(({ revision }) => revision)).toEqual([0]);
    expect(second).toMatchObject({ hasNextPage: false, totalCount: 3 });
  });

  it("is empty for another kind", async () => {
    expect(await page("Key", 2, null)).toEqual({ rows: [], hasNextPage: false, totalCount: 0 });
  });
});
