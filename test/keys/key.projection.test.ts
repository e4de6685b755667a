import { CHANGE_COLUMNS } from "../../src/changes/changeColumns";
import { appProjection } from "../../src/apps/app.projection";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { controlProjection } from "../../src/apps/control.projection";
import { NO_LABEL_COLUMNS, NO_LABELS } from "../../src/labels/labels.policy";
import { keyProjection } from "../../src/keys/key.projection";
import { findKeys, listKeys } from "../../src/keys/key.queries";
import type { Json } from "../../src/lib/json";
import { listOf } from "../support/listing";
import { projectedApp, projectedAt, type ProjectedApp } from "../support/projecting";

const app: AnyAppEvent = { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } };
const content = {
  defaultValue: 3 as Json,
  description: "d",
  valueSchema: null as Json,
  isVisibleToClients: true,
  note: "n",
};
const created = (name: string, more: object = {}): AnyAppEvent => ({
  type: "KeyCreated",
  data: { name, type: "INTEGER", ...content, ...more },
});
const archived = (name: string): AnyAppEvent => ({ type: "KeyArchived", data: { name, note: "gone" } });

describe("the read model of keys", () => {
  let shop: ProjectedApp;
  beforeEach(async () => {
    shop = await projectedApp(controlProjection([appProjection, keyProjection]), "shop");
    await shop.project(app);
  });
  afterEach(() => shop.drop());

  const find = async (name: string) => (await findKeys(shop.database, [{ app: "shop", name }]))[0];
  const names = async (
    archivedOnes: "EXCLUDE" | "INCLUDE" | "ONLY",
    limit = 10,
    after: string | null = null,
  ) => {
    const page = await listKeys(
      shop.database,
      "shop",
      listOf({ archived: archivedOnes, first: limit, after: after === null ? null : [after, after] }),
    );
    return { names: page.rows.map(({ name }) => name), next: page.hasNextPage, total: page.totalCount };
  };

  it("shows a key as it was created", async () => {
    await shop.project(created("dark_mode"));
    expect(await find("dark_mode")).toEqual({
      app: "shop",
      name: "dark_mode",
      type: "INTEGER",
      default_value: 3,
      description: "d",
      value_schema: null,
      is_visible_to_clients: true,
      note: "n",
      is_archived: false,
      ...NO_LABEL_COLUMNS,
      created_at: projectedAt(1),
      created_by: "actor",
      updated_at: projectedAt(1),
      updated_by: "actor",
    });
  });

  it("shows edits, archiving and restoring, in one batch or in several", async () => {
    const edited: AnyAppEvent = {
      type: "KeyEdited",
      data: { name: "a", ...content, defaultValue: { x: [1, "é"] }, valueSchema: { minimum: 0 } },
    };
    await shop.project(created("a"), edited, archived("a"));
    expect(await find("a")).toMatchObject({
      default_value: { x: [1, "é"] },
      value_schema: { minimum: 0 },
      note: "gone",
      is_archived: true,
      ...NO_LABEL_COLUMNS,
      created_at: projectedAt(1),
      updated_at: projectedAt(3),
    });
    await shop.project({ type: "KeyRestored", data: { name: "a", note: "" } });
    expect(await find("a")).toMatchObject({ is_archived: false, default_value: { x: [1, "é"] } });
  });

  it("keeps default values as they are", async () => {
    const values: Json[] = [
      "",
      'text with " and \\ and 😀',
      0,
      -0.5,
      1.7976931348623157e308,
      Math.fround(0.1),
    ];
    values.push(false, [], [[null]], {}, { b: 1, a: { c: null } });
    const events = values.map((defaultValue, index) => created(`key_${index}`, { defaultValue }));
    await shop.project(...events);
    const found = await Promise.all(values.map((_, index) => find(`key_${index}`)));
    expect(found.map((row) => row?.default_value)).toEqual(values);
  });

  it("lists pages by name, with or without archived ones", async () => {
    await shop.project(
      ...["b", "B", "_", "a.1", "c"].map((name) => created(name)),
      archived("b"),
      archived("c"),
    );
    expect(await names("EXCLUDE")).toEqual({ names: ["B", "_", "a.1"], next: false, total: 3 });
    expect(await names("INCLUDE")).toEqual({ names: ["B", "_", "a.1", "b", "c"], next: false, total: 5 });
    expect(await names("ONLY")).toEqual({ names: ["b", "c"], next: false, total: 2 });
    expect(await names("INCLUDE", 2)).toEqual({ names: ["B", "_"], next: true, total: 5 });
    expect(await names("INCLUDE", 2, "_")).toEqual({ names: ["a.1", "b"], next: true, total: 5 });
    expect(await names("INCLUDE", 2, "b")).toEqual({ names: ["c"], next: false, total: 5 });
  });

  it("finds keys by name, and leaves out what does not exist", async () => {
    await shop.project(created("a"), created("b"));
    const found = await findKeys(shop.database, [
      { app: "shop", name: "b" },
      { app: "other", name: "a" },
      { app: "shop", name: "__proto__" },
    ]);
    expect(found.map(({ name }) => name)).toEqual(["b"]);
    expect(await findKeys(shop.database, [])).toEqual([]);
  });

  it("gives the feed the key before and after", async () => {
    await shop.project(created("a"), archived("a"));
    const changes = await shop.database.query(
      `select type, kind, entity, before, after
         from (select ${CHANGE_COLUMNS} from models.changes) shown where revision > 0 order by revision`,
    );
    const document = {
      id: "key_shop_a",
      name: "a",
      type: "INTEGER",
      defaultValue: 3,
      description: "d",
      valueSchema: null,
      isVisibleToClients: true,
      isArchived: false,
      ...NO_LABELS,
    };
    expect(changes).toEqual([
      { type: "KeyCreated", kind: "Key", entity: "key_shop_a", before: null, after: document },
      {
        type: "KeyArchived",
        kind: "Key",
        entity: "key_shop_a",
        before: document,
        after: { ...document, isArchived: true },
      },
    ]);
  });
});
