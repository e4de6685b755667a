import { CHANGE_COLUMNS } from "../../src/changes/changeColumns";
import { completeChanges } from "../../src/changes/completeChanges";
import { findFlagSwitches } from "../../src/flags/flag.queries";
import type { JsonObject } from "../../src/lib/json";
import { PROJECTIONS } from "../../src/parts";
import { content as configContent, created as configCreated } from "../configs/shop";
import { projectedApp, projectedAt, type ProjectedApp } from "../support/projecting";
import { APP, FLAG, archived, created, disabled, edited, enabled, published } from "./flags";

const [projection] = PROJECTIONS;

describe("the read model of flags", () => {
  let shop: ProjectedApp;
  beforeEach(async () => {
    if (!projection) throw new Error("There is a read model.");
    shop = await projectedApp(projection, "shop");
    await shop.project(...APP);
  });
  afterEach(() => shop.drop());

  const switchesOf = async () => (await findFlagSwitches(shop.database, [FLAG]))[0]?.disabled_in;
  const at = (n: number) => projectedAt(APP.length + n);

  it("says where a flag is disabled, since when, by whom and why", async () => {
    await shop.project(created());
    expect(await switchesOf()).toBeUndefined();
    await shop.project(disabled("staging", "try"), disabled("production", "crashes"));
    const staging = { disabledAt: at(1), disabledBy: "actor", note: "try" };
    expect(await switchesOf()).toEqual({
      staging,
      production: { disabledAt: at(2), disabledBy: "actor", note: "crashes" },
    });
    await shop.project(enabled("production"));
    expect(await switchesOf()).toEqual({ staging });
  });

  it("counts a switch as a change of the flag, and a version as none of the switch", async () => {
    await shop.project(created(), disabled(), edited(2), published(2), archived());
    expect(await switchesOf()).toHaveProperty("production");
    await shop.project(enabled());
    const [row] = await shop.database.query("select updated_at from models.releases where id = $1", [FLAG]);
    expect(row).toEqual({ updated_at: at(5) });
  });

  it("tells the feed of each switch, with the whole flag before and after and the environment", async () => {
    await shop.project(
      created(),
      published(1),
      disabled("production", "crashes"),
      enabled("production", "mended"),
    );
    const stored = await shop.database.query<{ before: JsonObject | null; after: JsonObject | null }>(
      `select type, environment, note, before, after
         from (select ${CHANGE_COLUMNS} from models.changes) shown where kind = 'Flag' order by revision`,
    );
    const rows = await completeChanges(shop.database, stored);
    expect(rows).toMatchObject([
      {
        type: "FlagCreated",
        environment: null,
        before: null,
        after: { key: "new_checkout", disabledIn: {} },
      },
      { type: "FlagPublished", environment: "production" },
      {
        type: "FlagDisabled",
        environment: "production",
        note: "crashes",
        after: { disabledIn: { production: { note: "crashes", disabledBy: "actor", disabledAt: at(2) } } },
      },
      { type: "FlagEnabled", environment: "production", note: "mended", after: { disabledIn: {} } },
    ]);
    for (const [index, { before }] of rows.slice(1).entries()) expect(before).toEqual(rows[index]?.after);
    expect(rows[3]?.after).toMatchObject({
      environments: { production: { version: 1, key: "new_checkout" } },
    });
  });

  it("stops rather than show a key of a config and a flag", async () => {
    await shop.project(created());
    await expect(
      shop.project(configCreated({ content: configContent([], ["new_checkout"]) })),
    ).rejects.toThrow("uses_one_release");
  });

  it("stops at a switch of a flag that there is not", () =>
    expect(shop.project(disabled())).rejects.toThrow("before it creates it"));
});
