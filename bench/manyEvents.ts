import { startEmbedded } from "../src/postgres/embedded/startEmbedded";
import { openParts } from "../src/parts";
import { silent } from "../src/lib/logger";
import { migrate } from "../src/postgres/migrations";
import { PRODUCTION } from "../src/apps/app.events";

const BATCH = 500;

/** Appends so many events to one app of the database in a folder, through the command handler. */
export async function appendMany(dataDir: string, events: number): Promise<void> {
  const database = await startEmbedded({ dataDir, logger: silent });
  await migrate(database.url, "migrations", silent);
  const report = (error: unknown) => console.error(error);
  const parts = await openParts({
    url: database.url,
    connectionsMax: 4,
    log: { kind: "postgres" },
    now: () => new Date(),
    report,
  });
  let commands = 0;
  const handle = (command: Parameters<typeof parts.apps.handle>[1]) =>
    parts.apps.handle("app-bench", command, {
      commandId: `many-${commands++}`,
      actor: "bench",
      may: () => true,
    });
  await parts.instance.handle(
    "instance",
    { type: "RegisterApp", data: { slug: "bench", name: "Bench" } },
    { commandId: "many", actor: "bench", may: () => true },
  );
  await handle({ type: "CreateApp", data: { slug: "bench", name: "Bench" } });
  await handle({
    type: "CreateKey",
    data: {
      name: "k",
      type: "INTEGER",
      defaultValue: 0,
      description: "",
      valueSchema: null,
      isVisibleToClients: true,
    },
  });
  const config = { name: "c", keys: ["k"], rules: [{ values: [{ key: "k", value: 1 }] }] };
  const created = await handle({ type: "CreateConfig", data: config });
  if (created.outcome !== "accepted") throw new Error(JSON.stringify(created));
  const id = created.newId("config");
  await handle({ type: "PublishConfig", data: { id, version: 1, environment: PRODUCTION } });
  for (let done = 0; done < events; done += BATCH) {
    await Promise.all(
      Array.from({ length: BATCH }, (_, index) =>
        index % 10 === 0
          ? handle({
              type: "EditConfig",
              data: { id, rules: [{ values: [{ key: "k", value: done + index }] }] },
            })
          : handle({ type: "EditKey", data: { name: "k", defaultValue: done + index } }),
      ),
    );
  }
  await parts.close();
  await database.stop();
}
