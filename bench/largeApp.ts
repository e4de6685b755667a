import { PRODUCTION } from "../src/apps/app.events";
import type { AppCommand } from "../src/apps/app.decider";
import { silent } from "../src/lib/logger";
import { openParts } from "../src/parts";
import { startEmbedded } from "../src/postgres/embedded/startEmbedded";

export const KEYS = 500;
export const SEGMENTS = 300;
export const CONFIGS = 100;
export const FLAGS = 100;
export const RULES = 10;
export const VERSIONS = 20;
const KEYS_PER_CONFIG = (KEYS - FLAGS) / CONFIGS;

/** Decides one command, which must be accepted; answers the id of what it makes, if it makes anything. */
type Done = (command: AppCommand, prefix?: string) => Promise<string>;

/** Makes an app as large as one may expect, by the commands that people would give; all is published in its latest version. */
export async function makeLargeApp(dataDir: string, slug: string): Promise<void> {
  const database = await startEmbedded({ dataDir, logger: silent });
  const report = (error: unknown) => console.error(error);
  const parts = await openParts({
    log: { kind: "postgres" },
    url: database.url,
    connectionsMax: 4,
    now: () => new Date(),
    report,
  });
  const context = { actor: "bench", may: () => true };
  let commands = 0;
  const done: Done = async (command, prefix = "none") => {
    commands += 1;
    const commandId = `large-${commands}`;
    const outcome = await parts.apps.handle(`app-${slug}`, command, { ...context, commandId });
    if (outcome.outcome !== "accepted") throw new Error(JSON.stringify(outcome));
    return outcome.newId(prefix);
  };
  const app = { slug, name: "Large" };
  await parts.instance.handle(
    "instance",
    { type: "RegisterApp", data: app },
    { ...context, commandId: "large" },
  );
  await done({ type: "CreateApp", data: app });
  await fill(done);
  await parts.close();
  await database.stop();
}

async function fill(done: Done): Promise<void> {
  await inTurns(KEYS, (index) =>
    done({
      type: "CreateKey",
      data: {
        name: keyName(index),
        ...(index < FLAGS ? { type: "BOOLEAN", defaultValue: false } : { type: "INTEGER", defaultValue: 0 }),
        description: `What the page ${index} shows, to whom it may concern`,
        valueSchema: null,
        isVisibleToClients: true,
      },
    }),
  );
  const segments = await inTurns(SEGMENTS, (index) =>
    done({ type: "CreateSegment", data: segmentOf(index) }, "segment"),
  );
  const segmentId = (index: number): string => segments[index % SEGMENTS] ?? "";
  await inTurns(CONFIGS, (index) => makeConfig(done, index, segmentId));
  await inTurns(FLAGS, (index) => makeFlag(done, index, segmentId));
}

/** All at once for each step, since the command handler puts together what comes at the same time. */
function inTurns(count: number, make: (index: number) => Promise<string>): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

async function makeConfig(done: Done, index: number, segmentId: (index: number) => string): Promise<string> {
  const keys = Array.from({ length: KEYS_PER_CONFIG }, (_, at) =>
    keyName(FLAGS + index * KEYS_PER_CONFIG + at),
  );
  const rules = (version: number) =>
    Array.from({ length: RULES }, (_, rule) => ({
      segmentId: segmentId(index * RULES + rule),
      values: keys.map((key, at) => ({ key, value: version * 1_000 + rule * 10 + at })),
    }));
  const id = await done(
    {
      type: "CreateConfig",
      data: {
        name: `Config ${index}`,
        description: `Of page ${index}`,
        keys,
        rules: rules(1),
      },
    },
    "config",
  );
  for (let version = 2; version <= VERSIONS; version += 1) {
    await done({
      type: "EditConfig",
      data: { id, rules: rules(version), note: `Change ${version} of config ${index}` },
    });
  }
  await done({ type: "PublishConfig", data: { id, version: VERSIONS, environment: PRODUCTION } });
  return id;
}

async function makeFlag(done: Done, index: number, segmentId: (index: number) => string): Promise<string> {
  const data = {
    name: `Flag ${index}`,
    description: `Whether page ${index} is there`,
    key: keyName(index),
    rules: [{ segmentId: segmentId(index), percentage: 50 }, { percentage: 10 }],
  };
  const id = await done({ type: "CreateFlag", data }, "flag");
  await done({ type: "PublishFlag", data: { id, version: 1, environment: PRODUCTION } });
  return id;
}

function segmentOf(index: number) {
  return {
    name: `Segment ${index}`,
    description: `Those who live in city ${index} and have come back`,
    condition: { city: `City ${index}`, age: { $gte: 18 + (index % 50) }, plan: { $in: ["pro", "team"] } },
  };
}

const keyName = (index: number): string => `page.k${String(index).padStart(3, "0")}`;
