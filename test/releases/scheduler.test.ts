import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import { appProjection } from "../../src/apps/app.projection";
import type { AnyAppEvent, AppState } from "../../src/apps/app.state";
import { controlProjection } from "../../src/apps/control.projection";
import { configProjection } from "../../src/configs/config.projection";
import { createCommandHandler, type ClosableCommandHandler } from "../../src/eventstore/commandHandler";
import type { RecordedEvent } from "../../src/eventstore/eventStore";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import { memorySnapshots } from "../../src/eventstore/snapshots";
import { keyProjection } from "../../src/keys/key.projection";
import { makeId } from "../../src/lib/ids";
import { silent } from "../../src/lib/logger";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { createProjectionRunner, type ProjectionRunner } from "../../src/projections/runner";
import { createScheduler, type Scheduler } from "../../src/releases/scheduler";
import { segmentProjection } from "../../src/segments/segment.projection";
import { freshDatabase } from "../support/postgres";
import { until } from "../support/until";

const START = Date.UTC(2026, 0, 1);
const minute = (n: number): string => new Date(START + n * 60_000).toISOString();

let clock: string;
let drop: () => Promise<void>;
let database: Database;
let apps: ClosableCommandHandler<AppState, AppCommand>;
let runner: ProjectionRunner;
let scheduler: Scheduler;
let store: ReturnType<typeof createMemoryEventStore>;
let sent: { app: string; type: string; commandId: string }[];
let failing: Set<string>;
let failures: number;
let commands: number;

beforeEach(async () => {
  clock = minute(0);
  sent = [];
  failing = new Set();
  failures = 0;
  commands = 0;
  const fresh = await freshDatabase({ migrated: true });
  drop = fresh.drop;
  database = createDatabase(fresh.url, { connectionsMax: 4 });
  store = createMemoryEventStore();
  apps = createCommandHandler<AppState, AppCommand, AnyAppEvent>({
    store,
    decider: appDecider,
    stateVersion: 1,
    snapshots: memorySnapshots(),
    now: () => new Date(clock),
    upcast: (event) => event,
    schemaVersionOf: () => 1,
    newIdOf: (stream, prefix, rest) => makeId(prefix, stream.slice("app-".length), rest),
  });
  const projections = [
    controlProjection([appProjection, keyProjection, segmentProjection, configProjection]),
  ];
  runner = createProjectionRunner({
    store,
    database,
    logger: { ...silent, error: () => undefined },
    projections,
  });
  await runner.start();
  scheduler = schedulerWith({});
});

afterEach(async () => {
  await scheduler.stop();
  await runner.stop();
  await apps.close();
  await database.close();
  await drop();
});

const heldLease = { start: async () => true, stop: async () => undefined, isHeld: () => true };

function schedulerWith(options: { batchSize?: number; lease?: typeof heldLease }): Scheduler {
  return createScheduler({
    database,
    apps: {
      async handle(stream, command, envelope) {
        const app = stream.slice("app-".length);
        if (failing.has(app)) {
          failures += 1;
          throw new Error(`the log of ${app} is away`);
        }
        sent.push({ app, type: command.type, commandId: envelope.commandId });
        return apps.handle(stream, command, envelope);
      },
    },
    projected: (position) => runner.projected(position),
    lease: heldLease,
    logger: silent,
    now: () => new Date(clock),
    pollMs: 10,
    ...options,
  });
}

async function ask(app: string, command: AppCommand, commandId = `test${commands++}`) {
  const outcome = await apps.handle(`app-${app}`, command, { commandId, actor: "ann", may: () => true });
  if (outcome.outcome === "refused") throw new Error(outcome.reasons.map(({ message }) => message).join(" "));
  await runner.projected(outcome.position);
  return outcome;
}

/** An app with a config of two versions. */
async function makeConfig(app: string, name = "k"): Promise<string> {
  if ((await apps.state(`app-${app}`)).state.slug === null) {
    await ask(app, { type: "CreateApp", data: { slug: app, name: app } });
  }
  await ask(app, { type: "CreateKey", data: { name, type: "INTEGER", defaultValue: 1 } });
  const made = await ask(app, { type: "CreateConfig", data: { name, keys: [name], rules: [] } });
  const id = made.newId("config");
  await ask(app, { type: "EditConfig", data: { id, rules: [{ values: [{ key: name, value: 2 }] }] } });
  return id;
}

async function schedule(app: string, id: string, version: number, from: number, to: number | null = null) {
  const endsAt = to === null ? null : minute(to);
  const data = { id, version, environment: "production", startsAt: minute(from), endsAt };
  return (await ask(app, { type: "ScheduleConfig", data })).newId("schedule");
}

async function publications(app: string) {
  const events = await store.readStream(`app-${app}`, 0, 1_000);
  return events
    .filter(({ type }) => /ConfigPublished|ConfigUnpublished|Suspended/.test(type))
    .map(({ data, meta }: RecordedEvent) => {
      const { version, cause } = data as { version?: number; cause?: { dueAt?: string } };
      return [version ?? null, cause?.dueAt ?? null, meta.actor];
    });
}

const status = async (id: string) =>
  (
    await database.query<{ status: string }>(
      "select status from models.scheduled_publications where id = $1",
      [id],
    )
  )[0]?.status;

describe("the scheduler", () => {
  it("does nothing before its time, publishes when it is due, and puts the fallback back at the end", async () => {
    const id = await makeConfig("shop");
    await ask("shop", { type: "PublishConfig", data: { id, version: 1, environment: "production" } });
    const scheduleId = await schedule("shop", id, 2, 10, 20);
    clock = "2026-01-01T00:09:59.999Z";
    expect(await scheduler.tick()).toBe(0);
    clock = minute(10);
    expect(await scheduler.tick()).toBe(1);
    expect(await status(scheduleId)).toBe("RUNNING");
    expect(await scheduler.tick()).toBe(0);
    clock = minute(20);
    expect(await scheduler.tick()).toBe(1);
    expect(await status(scheduleId)).toBe("DONE");
    expect(await publications("shop")).toEqual([
      [1, null, "ann"],
      [2, minute(10), "scheduler"],
      [1, minute(20), "scheduler"],
    ]);
    expect(sent.map(({ commandId }) => commandId)).toEqual([
      `schedule/${scheduleId}/start/${minute(10)}`,
      `schedule/${scheduleId}/end/${minute(20)}`,
    ]);
  });

  it.each([1, 2, 500])("catches up in the order of time, reading %d at once", async (batchSize) => {
    const a = await makeConfig("shop", "a");
    const b = await makeConfig("shop", "b");
    await schedule("shop", a, 1, 1, 30);
    await schedule("shop", a, 2, 30, 40);
    await schedule("shop", b, 1, 5, 35);
    await schedule("shop", b, 2, 45);
    clock = minute(1_000);
    expect(await schedulerWith({ batchSize }).tick()).toBe(7);
    expect((await publications("shop")).map(([version, dueAt]) => [version, dueAt])).toEqual([
      [1, minute(1)],
      [1, minute(5)],
      [null, minute(30)],
      [2, minute(30)],
      [null, minute(35)],
      [null, minute(40)],
      [2, minute(45)],
    ]);
  });

  it("does nothing twice, also if two of them work at once", async () => {
    const id = await makeConfig("shop");
    await schedule("shop", id, 1, 1, 2);
    await schedule("shop", id, 2, 3);
    clock = minute(60);
    await Promise.all([scheduler.tick(), schedulerWith({}).tick(), schedulerWith({ batchSize: 1 }).tick()]);
    await scheduler.tick();
    expect((await publications("shop")).map(([version]) => version)).toEqual([1, null, 2]);
  });

  it("serves the other apps while one fails, and that one later", async () => {
    const [a, b] = [await makeConfig("one"), await makeConfig("two")];
    await schedule("one", a, 1, 5);
    await schedule("two", b, 1, 5);
    clock = minute(5);
    failing.add("one");
    await expect(scheduler.tick()).rejects.toThrow("the log of one is away");
    expect(await publications("two")).toHaveLength(1);
    failing.clear();
    expect(await scheduler.tick()).toBe(1);
    expect(await publications("one")).toEqual([[1, minute(5), "scheduler"]]);
  });

  it("leaves alone what was rescheduled or cancelled", async () => {
    const id = await makeConfig("shop");
    const moved = await schedule("shop", id, 1, 5);
    const cancelled = await schedule("shop", id, 2, 6);
    await ask("shop", {
      type: "RescheduleScheduledPublication",
      data: { scheduleId: moved, startsAt: minute(50) },
    });
    await ask("shop", { type: "CancelScheduledPublication", data: { scheduleId: cancelled } });
    clock = minute(10);
    expect(await scheduler.tick()).toBe(0);
    clock = minute(50);
    expect(await scheduler.tick()).toBe(1);
    expect(await publications("shop")).toEqual([[1, minute(50), "scheduler"]]);
  });

  it("ends previews when their time is up, also after downtime, and not those that ended or go on", async () => {
    const [a, b, c] = [
      await makeConfig("shop", "a"),
      await makeConfig("shop", "b"),
      await makeConfig("shop", "c"),
    ];
    await ask("shop", { type: "SetTestUsers", data: { users: { list: "team", count: 1 } } });
    const preview = async (id: string, to: number) => {
      const data = { id, version: 1, environment: "production", endsAt: minute(to) };
      return (await ask("shop", { type: "PreviewConfig", data })).newId("preview");
    };
    const ended = await preview(a, 10);
    const byHand = await preview(b, 10);
    await preview(c, 30);
    await ask("shop", { type: "EndPreview", data: { previewId: byHand } });
    clock = "2026-01-01T00:09:59.999Z";
    expect(await scheduler.tick()).toBe(0);
    clock = minute(20);
    expect(await Promise.all([scheduler.tick(), schedulerWith({ batchSize: 1 }).tick()])).toContain(1);
    expect(await scheduler.tick()).toBe(0);
    const rows = await database.query(
      "select ended_by, end_cause from models.previews where release_id <> $1 order by revision",
      [c],
    );
    expect(rows).toEqual([
      { ended_by: "scheduler", end_cause: "TIME_UP" },
      { ended_by: "ann", end_cause: "BY_HAND" },
    ]);
    expect(sent.at(-1)?.commandId).toBe(`preview/${ended}/end/${minute(10)}`);
    const { state } = await apps.state("app-shop");
    expect([a, b, c].map((id) => state.configs.get(id)?.previews.size)).toEqual([0, 0, 1]);
  });

  it("is not held up by a client that used its command id", async () => {
    const id = await makeConfig("shop");
    const scheduleId = await schedule("shop", id, 1, 5);
    const squatted = `schedule/${scheduleId}/start/${minute(5)}`;
    await ask(
      "shop",
      { type: "CreateKey", data: { name: "other", type: "INTEGER", defaultValue: 1 } },
      squatted,
    );
    clock = minute(5);
    await scheduler.tick();
    expect(await status(scheduleId)).toBe("DONE");
  });

  it("works by itself while it holds the lease, and not without", async () => {
    const id = await makeConfig("shop");
    const scheduleId = await schedule("shop", id, 1, 5);
    clock = minute(5);
    let isHeld = false;
    let looks = 0;
    const lease = {
      ...heldLease,
      isHeld: () => {
        looks += 1;
        return isHeld;
      },
    };
    const own = schedulerWith({ lease });
    await own.start();
    await own.start();
    await until("it looked three times", () => looks > 3);
    expect(sent).toEqual([]);
    isHeld = true;
    await until("it is done", async () => (await status(scheduleId)) === "DONE");
    await own.stop();
    await own.stop();
    expect(sent).toHaveLength(1);
  });

  it("goes on after the log was away", async () => {
    const id = await makeConfig("shop");
    const scheduleId = await schedule("shop", id, 1, 5);
    clock = minute(5);
    failing.add("shop");
    await scheduler.start();
    await until("it has tried twice", () => failures > 1);
    failing.clear();
    await until("it is done", async () => (await status(scheduleId)) === "DONE");
  });
});
