import { CHANGE_COLUMNS } from "../../src/changes/changeColumns";
import { appProjection } from "../../src/apps/app.projection";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { controlProjection } from "../../src/apps/control.projection";
import { findUses } from "../../src/apps/uses.queries";
import { NO_LABEL_COLUMNS, NO_LABELS } from "../../src/labels/labels.policy";
import type { JsonObject } from "../../src/lib/json";
import { segmentProjection } from "../../src/segments/segment.projection";
import { findSegments, listSegments } from "../../src/segments/segment.queries";
import { listOf } from "../support/listing";
import { projectedApp, projectedAt, type ProjectedApp } from "../support/projecting";

const app: AnyAppEvent = { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } };
const content = (name: string, condition: JsonObject = {}) => ({
  id: `segment_shop_${name}`,
  name,
  description: "d",
  condition,
  note: "n",
});
const created = (
  name: string,
  condition: JsonObject = {},
  clonedFrom: string | null = null,
): AnyAppEvent => ({
  type: "SegmentCreated",
  data: { ...content(name, condition), clonedFrom },
});
const edited = (name: string, condition: JsonObject, as = name): AnyAppEvent => ({
  type: "SegmentEdited",
  data: { ...content(name, condition), name: as },
});
const archived = (name: string): AnyAppEvent => ({
  type: "SegmentArchived",
  data: { id: `segment_shop_${name}`, note: "gone" },
});
const restored = (name: string): AnyAppEvent => ({
  type: "SegmentRestored",
  data: { id: `segment_shop_${name}`, note: "" },
});
const naming = (...names: string[]) => ({ $segment: names.map((name) => `segment_shop_${name}`) });

describe("the read model of segments", () => {
  let shop: ProjectedApp;
  beforeEach(async () => {
    shop = await projectedApp(controlProjection([appProjection, segmentProjection]), "shop");
    await shop.project(app);
  });
  afterEach(() => shop.drop());

  const usersOf = async (name: string) => {
    const rows = await findUses(shop.database, "Segment", [{ app: "shop", id: `segment_shop_${name}` }]);
    return rows.map(({ user_kind, user_id, user_name }) => `${user_kind} ${user_id} ${user_name}`);
  };

  it("shows a segment as it was created, changed and archived", async () => {
    const condition = { b: { $in: ["x", 1] }, a: { $percent: { percentage: 1.5, seed: "s" } } };
    await shop.project(
      created("NY", {}, "segment_shop_source"),
      edited("NY", condition, "New York"),
      archived("NY"),
    );
    expect(await findSegments(shop.database, ["segment_shop_NY", "segment_shop_none"])).toEqual([
      {
        app: "shop",
        id: "segment_shop_NY",
        name: "New York",
        description: "d",
        condition,
        note: "gone",
        cloned_from: "segment_shop_source",
        is_archived: true,
        ...NO_LABEL_COLUMNS,
        created_at: projectedAt(1),
        created_by: "actor",
        updated_at: projectedAt(3),
        updated_by: "actor",
      },
    ]);
  });

  it("keeps which segments name which, under the names that they have now", async () => {
    await shop.project(created("a"), created("b"), created("c", naming("a", "b")), created("d", naming("a")));
    expect(await usersOf("a")).toEqual(["Segment segment_shop_c c", "Segment segment_shop_d d"]);
    await shop.project(edited("c", naming("b"), "C"), archived("d"));
    expect(await usersOf("a")).toEqual([]);
    expect(await usersOf("b")).toEqual(["Segment segment_shop_c C"]);
    await shop.project(restored("d"));
    expect(await usersOf("a")).toEqual(["Segment segment_shop_d d"]);
  });

  it("takes an archive after the last use ended, in one batch", async () => {
    await shop.project(created("a"), created("b", naming("a")), edited("b", {}), archived("a"));
    expect(await usersOf("a")).toEqual([]);
  });

  it("lists pages by name, and those of one name by id", async () => {
    await shop.project(
      created("1"),
      archived("1"),
      created("2"),
      created("3"),
      edited("3", {}, "1"),
      archived("3"),
      created("10"),
    );
    const page = async (
      archivedOnes: "EXCLUDE" | "INCLUDE" | "ONLY",
      limit: number,
      after: [string, string] | null = null,
    ) => {
      const { rows, hasNextPage, totalCount } = await listSegments(
        shop.database,
        "shop",
        listOf({ archived: archivedOnes, first: limit, after }),
      );
      return [rows.map(({ name, id }) => `${name} ${id}`), hasNextPage, totalCount];
    };
    expect(await page("EXCLUDE", 5)).toEqual([["10 segment_shop_10", "2 segment_shop_2"], false, 2]);
    expect(await page("ONLY", 1)).toEqual([["1 segment_shop_1"], true, 2]);
    expect(await page("INCLUDE", 2, ["1", "segment_shop_1"])).toEqual([
      ["1 segment_shop_3", "10 segment_shop_10"],
      true,
      4,
    ]);
  });

  it("gives the feed the segment before and after", async () => {
    await shop.project(created("a"), archived("a"));
    const [, change] = await shop.database.query(
      `select kind, entity, environment, before, after
         from (select ${CHANGE_COLUMNS} from models.changes) shown where revision > 0 order by revision`,
    );
    const { id, name, description, condition } = content("a");
    const document = { id, name, description, condition, clonedFrom: null, isArchived: false, ...NO_LABELS };
    expect(change).toEqual({
      kind: "Segment",
      entity: "segment_shop_a",
      environment: null,
      before: document,
      after: { ...document, isArchived: true },
    });
  });

  describe("stops, rather than show", () => {
    it("an archived segment in use", async () => {
      await shop.project(created("a"), created("b", naming("a")));
      await expect(shop.project(archived("a"))).rejects.toThrow("uses_usable");
    });

    it("a use of a segment that does not exist", () =>
      expect(shop.project(created("b", naming("a")))).rejects.toThrow("uses_usable"));

    it("two unarchived segments of one name", async () => {
      await shop.project(created("a"), created("b"));
      await expect(shop.project(edited("b", {}, "a"))).rejects.toThrow("segments_name");
    });
  });

  it("lets two segments change names within one batch", async () => {
    await shop.project(created("a"), created("b"));
    await shop.project(edited("a", {}, "x"), edited("b", {}, "a"), edited("a", {}, "b"));
    const found = await findSegments(shop.database, ["segment_shop_a", "segment_shop_b"]);
    expect(found.map(({ id, name }) => `${id} ${name}`).sort()).toEqual([
      "segment_shop_a b",
      "segment_shop_b a",
    ]);
  });
});
