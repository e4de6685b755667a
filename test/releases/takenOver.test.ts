import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silent } from "../../src/lib/logger";
import { migrate } from "../../src/postgres/migrations";
import { createDatabase } from "../../src/postgres/pool";
import { findReleases, findVersions } from "../../src/releases/release.queries";
import { content, day, rule } from "../configs/shop";
import { freshDatabase, MIGRATIONS_FOLDER } from "../support/postgres";

/** The migrations that came before there were releases. */
async function copyOlder(folder: string): Promise<void> {
  const files = (await readdir(MIGRATIONS_FOLDER)).sort();
  const older = files.slice(
    0,
    files.findIndex((name) => name.endsWith("_releases.sql")),
  );
  for (const name of older) await cp(join(MIGRATIONS_FOLDER, name), join(folder, name));
}

it("a database of configs keeps them, with all their versions, as releases", async () => {
  const folder = await mkdtemp(join(tmpdir(), "migrations-"));
  const { url, drop } = await freshDatabase();
  const database = createDatabase(url);
  try {
    await copyOlder(folder);
    await migrate(url, folder, silent);
    const saved = content([rule("r1")]);
    const common = [JSON.stringify(saved), JSON.stringify({ keys: ["dark_mode"], segments: [] }), day(0)];
    await database.query(
      "insert into models.apps (app, name, status, created_at, created_by) values ('shop', 'Shop', 'READY', $1, 'ann')",
      [day(0)],
    );
    await database.query(
      `insert into models.configs (app, id, name, description, is_archived, latest_version, content, note, active,
                                   schedules, refers_to, created_at, created_by, updated_at)
       values ('shop', 'config_shop_a', 'dark mode', 'd', false, 1, $1, 'n', '{}', '{}', $2, $3, 'ann', $3)`,
      common,
    );
    await database.query(
      `insert into models.config_versions (app, config_id, version, name, description, content, refers_to, note,
                                           created_at, created_by)
       values ('shop', 'config_shop_a', 1, 'dark mode', 'd', $1, $2, 'n', $3, 'ann')`,
      common,
    );
    await migrate(url, MIGRATIONS_FOLDER, silent);

    expect(await findReleases(database, ["config_shop_a"])).toMatchObject([
      {
        kind: "Config",
        app: "shop",
        name: "dark mode",
        description: "d",
        subject: { keys: ["dark_mode"] },
        latest_version: 1,
      },
    ]);
    expect(await findVersions(database, [{ releaseId: "config_shop_a", version: 1 }])).toMatchObject([
      { app: "shop", release_id: "config_shop_a", note: "n", content: saved, created_at: day(0) },
    ]);
  } finally {
    await database.close();
    await drop();
    await rm(folder, { recursive: true });
  }
});
