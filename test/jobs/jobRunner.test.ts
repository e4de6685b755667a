import { JobFailed, JobOver, type JobTask, type JobWork } from "../../src/jobs/job";
import {
  cancelJob,
  claimJob,
  findJobs,
  FINISHED_DAYS_KEPT,
  insertJob,
  OPEN_JOBS_MAX,
  type JobRow,
} from "../../src/jobs/job.queries";
import { ATTEMPTS_MAX, createJobRunner, type JobRunner } from "../../src/jobs/jobRunner";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { freshDatabase } from "../support/postgres";
import { until } from "../support/until";

let database: Database;
let drop: () => Promise<void>;
let runners: JobRunner[] = [];
let warnings: string[] = [];

beforeAll(async () => {
  const fresh = await freshDatabase({ migrated: true });
  database = createDatabase(fresh.url);
  drop = fresh.drop;
});
beforeEach(async () => {
  await database.query("delete from server.jobs");
  runners = [];
  warnings = [];
});
afterEach(() => Promise.all(runners.map((runner) => runner.stop())));
afterAll(async () => {
  await database.close();
  await drop();
});

/** A lease whose token the test gives and takes. */
function leaseOf(first: number | null) {
  let token = first;
  const nothing = () => Promise.resolve();
  return {
    lease: { start: () => Promise.resolve(true), stop: nothing, token: () => token },
    lose: () => void (token = null),
  };
}
function run(work: JobWork, lease = leaseOf(1).lease): JobRunner {
  const runner = createJobRunner({
    ...{ database, lease, work: { MEASURE_SEGMENT: work }, pollMs: 20, reportEveryMs: 0 },
    logger: { warn: (message) => void warnings.push(message) },
  });
  runners.push(runner);
  void runner.start();
  return runner;
}
const ask = (id: string, app = "shop") =>
  insertJob(database, {
    ...{ id, app, environment: "production", kind: "MEASURE_SEGMENT", input: { of: id }, createdBy: "anna" },
  });
async function jobIs(id: string): Promise<JobRow> {
  const [row] = await findJobs(database, [id]);
  if (!row) throw new Error(`no job ${id}`);
  return row;
}
const untilIs = (id: string, status: string) =>
  until(`${id} is ${status}`, async () => (await jobIs(id)).status === status);
/** A promise that the test resolves. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe("a job", () => {
  it("is run, tells how far it came, and has a result", async () => {
    await ask("a");
    const { open, opened } = gate();
    run(async ({ input, state, report }) => {
      expect(state).toBeNull();
      await report({ at: 1 }, 40);
      await opened;
      return { was: input };
    });
    await until("it came further", async () => (await jobIs("a")).progress === 40);
    expect(await jobIs("a")).toMatchObject({ status: "RUNNING", state: { at: 1 }, finished_at: null });
    open();
    await untilIs("a", "DONE");
    expect(await jobIs("a")).toMatchObject({ result: { was: { of: "a" } }, progress: 100, state: null });
  });

  it("comes after those that were asked for before it, one at a time", async () => {
    for (const id of ["a", "b", "c"]) await ask(id);
    const order: unknown[] = [];
    let atOnce = 0;
    run(async ({ input }) => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      order.push(input);
      await new Promise(setImmediate);
      atOnce -= 1;
      return null;
    });
    await untilIs("c", "DONE");
    expect(order).toEqual([{ of: "a" }, { of: "b" }, { of: "c" }]);
  });

  it("ends when it is cancelled, and has no result", async () => {
    await ask("a");
    const ended = gate();
    run(async ({ report }) => {
      for (;;) {
        await report({}, 1).catch((error: unknown) => {
          if (error instanceof JobOver) ended.open();
          throw error;
        });
      }
    });
    await untilIs("a", "RUNNING");
    expect(await cancelJob(database, "a")).toBe(true);
    await ended.opened;
    expect(await jobIs("a")).toMatchObject({ status: "CANCELLED", result: null, failure: null });
    expect(await cancelJob(database, "a")).toBe(false);
  });

  it("goes on elsewhere from where it was, and what its first server says later does not count", async () => {
    await ask("a");
    const { open, opened } = gate();
    const first = leaseOf(1);
    const late: string[] = [];
    run(async ({ report }) => {
      await report({ counted: 3 }, 30);
      await opened;
      await report({ counted: 4 }, 40).catch((error: unknown) => {
        late.push(error instanceof JobOver ? "over" : "?");
        throw error;
      });
      return "of the first";
    }, first.lease);
    await until("it came further", async () => (await jobIs("a")).progress === 30);
    // The first one does not know that it has lost the lease: only the fence tells.
    const begunWith: unknown[] = [];
    const second = gate();
    run(async ({ state }) => {
      begunWith.push(state);
      await second.opened;
      return "of the second";
    }, leaseOf(2).lease);
    await until("the second one began", () => Promise.resolve(begunWith.length === 1));
    open();
    await until("the first one was told", () => Promise.resolve(late.length === 1));
    expect(await jobIs("a")).toMatchObject({ status: "RUNNING", state: { counted: 3 } });
    first.lose();
    second.open();
    await untilIs("a", "DONE");
    expect([begunWith, late, (await jobIs("a")).result]).toEqual([
      [{ counted: 3 }],
      ["over"],
      "of the second",
    ]);
  });

  it("that is finished by a server which has lost it is not finished", async () => {
    await ask("a");
    const { open, opened } = gate();
    const runner = run(async () => {
      await opened;
      return "too late";
    });
    await untilIs("a", "RUNNING");
    expect(await claimJob(database, 2)).toMatchObject({ id: "a" });
    open();
    await runner.stop();
    expect(await jobIs("a")).toMatchObject({ status: "RUNNING", result: null });
  });

  it("is put back by a server that stops, with what it had", async () => {
    await ask("a");
    const runner = run(async ({ report }) => {
      for (let counted = 1; ; counted += 1) await report({ counted }, 1);
    });
    await until("it came further", async () => (await jobIs("a")).state !== null);
    await runner.stop();
    const { status, state, attempts } = await jobIs("a");
    expect([status, attempts]).toEqual(["QUEUED", 0]);
    expect((state as { counted: number }).counted).toBeGreaterThan(0);
  });

  it("is given up when it ends one server after the other without coming further", async () => {
    await ask("a");
    for (let fence = 1; fence <= ATTEMPTS_MAX; fence += 1) await claimJob(database, fence);
    run(() => Promise.resolve("never"), leaseOf(ATTEMPTS_MAX + 1).lease);
    await untilIs("a", "FAILED");
    expect(await jobIs("a")).toMatchObject({ result: null });
    expect((await jobIs("a")).failure).toContain("came no further");
  });

  it("says why it cannot be done, and of a fault of ours where it stands", async () => {
    await ask("a");
    await ask("b");
    run(({ input }: JobTask) =>
      Promise.reject(
        (input as { of: string }).of === "a" ? new JobFailed("It is archived.") : new TypeError("oops"),
      ),
    );
    await untilIs("b", "FAILED");
    expect((await jobIs("a")).failure).toBe("It is archived.");
    expect((await jobIs("b")).failure).not.toContain("oops");
    expect(warnings.join()).toContain("oops");
  });

  it("is forgotten some days after its end, and not before", async () => {
    for (const id of ["old", "new"]) {
      await ask(id);
      await cancelJob(database, id);
    }
    await database.query(
      `update server.jobs set finished_at = clock_timestamp() - $1 * interval '1 day'
          - case when id = 'old' then interval '1 minute' else interval '-1 minute' end`,
      [FINISHED_DAYS_KEPT],
    );
    run(() => Promise.resolve(null));
    await until("it is forgotten", async () => (await findJobs(database, ["old"])).length === 0);
    expect(await findJobs(database, ["new"])).toHaveLength(1);
  });
});

it("an app has so many jobs that are not finished, and no more, however many are asked for at once", async () => {
  const asked = Array.from({ length: OPEN_JOBS_MAX + 5 }, (_, index) => ask(`job ${index}`));
  expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(OPEN_JOBS_MAX);
  expect(await ask("other", "other")).toBe(true);
  await cancelJob(database, (await claimJob(database, 1))?.id ?? "");
  expect(await ask("one more")).toBe(true);
});
