import fc from "fast-check";
import { CHANGE_COLUMNS } from "../../src/changes/changeColumns";
import type { ChangeRow } from "../../src/changes/changes.projection";
import { completeChanges } from "../../src/changes/completeChanges";
import { appProjection } from "../../src/apps/app.projection";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { controlProjection } from "../../src/apps/control.projection";
import { releasesOf } from "../../src/apps/uses.policy";
import { configProjection } from "../../src/configs/config.projection";
import { flagProjection } from "../../src/flags/flag.projection";
import { NO_STREAM, type EventStore, type Position } from "../../src/eventstore/eventStore";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import { keyProjection } from "../../src/keys/key.projection";
import { silent } from "../../src/lib/logger";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { createProjectionRunner } from "../../src/projections/runner";
import type { Release } from "../../src/releases/release.state";
import { referencesInUse } from "../../src/releases/release.state";
import type { ReleaseRow } from "../../src/releases/release.tables";
import { segmentProjection } from "../../src/segments/segment.projection";
import { freshDatabase } from "../support/postgres";
import { manySteps, play } from "../releases/history";
import {
  APP,
  CONFIG,
  content,
  created,
  day,
  edited,
  published,
  rule,
  scheduled,
  state,
  unpublished,
} from "./shop";

const HISTORIES = 8;
const projection = controlProjection([
  appProjection,
  keyProjection,
  segmentProjection,
  configProjection,
  flagProjection,
]);

let database: Database;
let drop: () => Promise<void>;

beforeEach(async () => {
  const fresh = await freshDatabase({ migrated: true });
  drop = fresh.drop;
  database = createDatabase(fresh.url, { connectionsMax: 4 });
});
afterEach(async () => {
  await database.close();
  await drop();
});

/** One event for each append, recorded a minute after the other. */
async function write(store: EventStore, app: string, events: readonly AnyAppEvent[]): Promise<Position> {
  let reached = "" as Position;
  for (const [index, { type, data }] of events.entries()) {
    const result = await store.append({
      stream: `app-${app}`,
      expectedRevision: index === 0 ? NO_STREAM : index - 1,
      commandId: `${app}${index}`,
      events: [{ type, schemaVersion: 1, data }],
      meta: { actor: "ann", commandId: `${app}${index}`, recordedAt: day(index / 1_440), fingerprint: "" },
    });
    if (result.outcome !== "conflict") reached = result.position;
  }
  return reached;
}

async function project(store: EventStore, reached: Position, batchEventsMax = 1_000): Promise<void> {
  const runner = createProjectionRunner({
    store,
    database,
    logger: { ...silent, error: () => undefined },
    projections: [projection],
    batchEventsMax,
  });
  await runner.start();
  try {
    await runner.projected(reached);
  } finally {
    await runner.stop();
  }
}

/** What a row and the state's release have in common. */
const lifeOf = (release: Release) => ({
  id: release.id,
  name: release.name,
  is_archived: release.isArchived,
  latest_version: release.versions.length,
  active: Object.fromEntries(release.active),
  schedules: Object.fromEntries(
    [...release.schedules].map(([id, { id: _id, ...schedule }]) => [id, schedule]),
  ),
});
const lifeIn = ({ id, name, is_archived, latest_version, active, schedules }: ReleaseRow) => ({
  id,
  name,
  is_archived,
  latest_version,
  active: Object.fromEntries(
    Object.entries(active).map(([environment, { version }]) => [environment, version]),
  ),
  schedules,
});

const sorted = (values: Iterable<string>) => [...values].sort();

describe("the rows of random histories", () => {
  it("say what the folded states say, and the database's tripwires agree", async () => {
    const store = createMemoryEventStore();
    const histories = fc.sample(manySteps, { numRuns: HISTORIES, seed: 7 }).map((wanted, n) => {
      const text = JSON.stringify(play(wanted).events).replaceAll("_shop_", `_app${n}_`);
      const events = (JSON.parse(text) as AnyAppEvent[]).map((event) =>
        event.type === "AppCreated" ? { ...event, data: { ...event.data, slug: `app${n}` } } : event,
      );
      return { app: `app${n}`, events };
    });
    let reached = "" as Position;
    for (const { app, events } of histories) reached = await write(store, app, events);
    await project(store, reached, 7);

    for (const { app, events } of histories) {
      const folded = state(events);
      const releases = releasesOf(folded).map(({ release }) => release);
      const rows = await database.query<ReleaseRow>(
        "select * from models.releases where app = $1 order by id",
        [app],
      );
      expect(rows.map(lifeIn)).toEqual(releases.map(lifeOf).sort((a, b) => (a.id < b.id ? -1 : 1)));
      for (const [kind, list] of [
        ["Key", "keys"],
        ["Segment", "segments"],
      ] as const) {
        const uses = await database.query<{ used: string }>(
          "select user_id || ' ' || used_id as used from models.uses where app = $1 and used_kind = $2",
          [app, kind],
        );
        const wanted = releases.flatMap((release) =>
          [...referencesInUse(release)[list]].map((used) => `${release.id} ${used}`),
        );
        expect(sorted(uses.map(({ used }) => used))).toEqual(sorted(wanted));
      }
      const open = await database.query<{ id: string }>(
        "select id from models.scheduled_publications where app = $1 and status in ('PENDING', 'RUNNING', 'SUSPENDED')",
        [app],
      );
      const openInState = releases.flatMap(({ schedules }) => [...schedules.keys()]);
      expect(sorted(open.map(({ id }) => id))).toEqual(sorted(openInState));
      const switches = await database.query<{ switched: string }>(
        `select flag_id || ' ' || environment as switched
           from models.flag_switches join models.releases on flag_id = id, json_object_keys(disabled_in) environment
          where app = $1`,
        [app],
      );
      const disabled = [...folded.disabledFlags].flatMap(([id, environments]) =>
        [...environments.keys()].map((environment) => `${id} ${environment}`),
      );
      expect(sorted(switches.map(({ switched }) => switched))).toEqual(sorted(disabled));
    }
  });
});

describe("the history of one config", () => {
  const dueAt = day(1);
  const events: readonly AnyAppEvent[] = [
    ...APP,
    created({ content: content([rule("r1")]) }),
    published(1),
    edited(2, { content: content([rule("r1", { percentage: 5 })]) }),
    scheduled("schedule_shop_1", { version: 2, startsAt: dueAt, endsAt: day(2) }),
    published(2, { previousVersion: 1, cause: { kind: "SCHEDULE", scheduleId: "schedule_shop_1", dueAt } }),
    published(1, {
      previousVersion: 2,
      cause: { kind: "SCHEDULE_END", scheduleId: "schedule_shop_1", dueAt: day(2) },
    }),
    scheduled("schedule_shop_2", { startsAt: day(5) }),
    {
      type: "ConfigScheduleSuspended",
      data: {
        id: CONFIG,
        scheduleId: "schedule_shop_2",
        dueAt: day(5),
        reasons: [{ code: "ARCHIVED", message: "Gone.", path: ["version"] }],
      },
    },
    unpublished(1),
  ];

  beforeEach(async () => {
    const store = createMemoryEventStore();
    await project(store, await write(store, "shop", events));
  });

  it("keeps every version whole", async () => {
    const rows = await database.query(
      "select version, content, created_by, created_at from models.release_versions order by version",
    );
    expect(rows).toEqual([
      { version: 1, content: content([rule("r1")]), created_by: "ann", created_at: day(8 / 1_440) },
      {
        version: 2,
        content: content([rule("r1", { percentage: 5 })]),
        created_by: "ann",
        created_at: day(10 / 1_440),
      },
    ]);
  });

  it("keeps every publication and why it happened", async () => {
    const rows = await database.query(
      "select version, previous_version, cause, due_at from models.publications order by revision",
    );
    expect(rows).toEqual([
      { version: 1, previous_version: null, cause: "BY_HAND", due_at: null },
      { version: 2, previous_version: 1, cause: "SCHEDULE", due_at: dueAt },
      { version: 1, previous_version: 2, cause: "SCHEDULE_END", due_at: day(2) },
      { version: null, previous_version: 1, cause: "BY_HAND", due_at: null },
    ]);
  });

  it("keeps what became of everything that was scheduled", async () => {
    const rows = await database.query(
      "select id, status, due_at, reasons from models.scheduled_publications order by id",
    );
    expect(rows).toEqual([
      { id: "schedule_shop_1", status: "DONE", due_at: null, reasons: [] },
      {
        id: "schedule_shop_2",
        status: "SUSPENDED",
        due_at: null,
        reasons: [{ code: "ARCHIVED", message: "Gone.", path: ["version"] }],
      },
    ]);
  });

  it("keeps the contents of versions once, and refers to them by number in the feed", async () => {
    const [row] = await database.query<{ after: string }>(
      "select after from models.changes where type = 'ConfigPublished' order by revision limit 1",
    );
    const { latestVersion, environments } = JSON.parse(row?.after ?? "null") as Record<string, unknown>;
    expect(latestVersion).toEqual({ number: 1 });
    expect(environments).toEqual({ production: { version: 1 } });
  });

  it("stands in the feed with the whole config before and after, and where it happened", async () => {
    const stored = await database.query<ChangeRow>(
      `select type, environment, before, after
         from (select ${CHANGE_COLUMNS} from models.changes) shown where kind = 'Config' order by revision`,
    );
    const rows = await completeChanges(database, stored);
    expect(rows.map(({ type, environment }) => [type, environment])).toEqual([
      ["ConfigCreated", null],
      ["ConfigPublished", "production"],
      ["ConfigEdited", null],
      ["ConfigScheduled", "production"],
      ["ConfigPublished", "production"],
      ["ConfigPublished", "production"],
      ["ConfigScheduled", "production"],
      ["ConfigScheduleSuspended", "production"],
      ["ConfigUnpublished", "production"],
    ]);
    expect(rows[0]).toMatchObject({
      before: null,
      after: { id: CONFIG, environments: {}, latestVersion: { number: 1 } },
    });
    for (const [index, { before }] of rows.slice(1).entries()) expect(before).toEqual(rows[index]?.after);
    expect(rows[4]?.after).toEqual({
      id: CONFIG,
      name: "dark mode",
      description: "",
      isArchived: false,
      tags: [],
      owner: null,
      removeBy: null,
      keys: ["dark_mode"],
      latestVersion: { number: 2, ...content([rule("r1", { percentage: 5 })]), note: "" },
      environments: { production: { version: 2, ...content([rule("r1", { percentage: 5 })]) } },
      previews: [],
      scheduledPublications: [
        {
          id: "schedule_shop_1",
          version: 2,
          environment: "production",
          startsAt: dueAt,
          endsAt: day(2),
          status: "RUNNING",
        },
      ],
    });
  });
});
