import { appProjection } from "../../src/apps/app.projection";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { controlProjection } from "../../src/apps/control.projection";
import { findUses, userOf } from "../../src/apps/uses.queries";
import { NOTHING_USED, replaceUses, type Used } from "../../src/apps/uses.tables";
import { keyProjection } from "../../src/keys/key.projection";
import type { Reference } from "../../src/lib/refusal";
import type { SliceProjection } from "../../src/projections/sliceProjection";
import { segmentProjection } from "../../src/segments/segment.projection";
import { projectedApp, type ProjectedApp } from "../support/projecting";

const app: AnyAppEvent = { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } };
const key = (name: string): AnyAppEvent => ({
  type: "KeyCreated",
  data: {
    name,
    type: "INTEGER",
    defaultValue: 1,
    description: "",
    valueSchema: null,
    isVisibleToClients: true,
    note: "",
  },
});
const archived: AnyAppEvent = { type: "KeyArchived", data: { name: "a", note: "" } };
const config = (id: string, name = id): Reference => ({ kind: "Config", id, name });
const keys = (...names: string[]): Used => ({ Key: names });

describe("uses", () => {
  let shop: ProjectedApp;
  /** What the next EnvironmentCreated does: an event that changes no row of keys or segments. */
  let next: [user: Reference, before: Used, after: Used][] = [];
  const usingSlice: SliceProjection = {
    tables: [],
    reads: () => [],
    apply({ type }, rows) {
      if (type !== "EnvironmentCreated") return;
      for (const [user, before, after] of next) replaceUses(rows, "shop", user, before, after);
    },
    document: () => null,
  };
  const use = async (...changes: typeof next) => {
    next = changes;
    await shop.project({
      type: "EnvironmentCreated",
      data: { name: `e${Math.random()}`, description: "", note: "" },
    });
  };

  beforeEach(async () => {
    shop = await projectedApp(
      controlProjection([appProjection, keyProjection, segmentProjection, usingSlice]),
      "shop",
    );
    await shop.project(app, key("a"), key("b"));
  });
  afterEach(() => shop.drop());

  const usersOf = async (name: string) =>
    (await findUses(shop.database, "Key", [{ app: "shop", id: name }])).map(userOf);

  it("come, change their user's name, and go", async () => {
    await use([config("1"), NOTHING_USED, keys("a", "b")]);
    expect(await usersOf("a")).toEqual([config("1")]);
    await use([config("1", "renamed"), keys("a", "b"), keys("a")]);
    expect([await usersOf("a"), await usersOf("b")]).toEqual([[config("1", "renamed")], []]);
    await use([config("1"), keys("a"), NOTHING_USED]);
    expect(await usersOf("a")).toEqual([]);
  });

  it("stop the read model rather than show a key of two configs", async () => {
    await use([config("1"), NOTHING_USED, keys("a")]);
    await expect(use([config("2"), NOTHING_USED, keys("a")])).rejects.toThrow("uses_one_release");
  });

  it("may move a key from one config to another at once", async () => {
    await use([config("1"), NOTHING_USED, keys("a")]);
    await use([config("2"), NOTHING_USED, keys("a")], [config("1"), keys("a"), NOTHING_USED]);
    expect(await usersOf("a")).toEqual([config("2")]);
  });

  it("leave other kinds of users beside a config", async () => {
    const experiment = (id: string): Reference => ({ kind: "Experiment", id, name: id });
    await use(
      [config("1"), NOTHING_USED, keys("a")],
      [experiment("2"), NOTHING_USED, keys("a")],
      [experiment("3"), NOTHING_USED, keys("a")],
    );
    expect(await usersOf("a")).toEqual([config("1"), experiment("2"), experiment("3")]);
  });

  it("stop the read model rather than show an archived or unknown key in use", async () => {
    await use([config("1"), NOTHING_USED, keys("a")]);
    await expect(shop.project(archived)).rejects.toThrow("uses_usable");
    await expect(use([config("2"), NOTHING_USED, keys("none")])).rejects.toThrow("uses_usable");
  });
});
