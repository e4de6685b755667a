import type { JobKind, JobStatus } from "./job";
import type { Json } from "../lib/json";
import type { Database, Queryable } from "../postgres/database";

/** Of one app, that are not finished. */
export const OPEN_JOBS_MAX = 10;
/** How long what became of a job can be looked at. */
export const FINISHED_DAYS_KEPT = 7;

export type JobRow = Readonly<{
  id: string;
  app: string;
  environment: string;
  kind: JobKind;
  input: Json;
  status: JobStatus;
  state: Json | null;
  progress: number;
  result: Json | null;
  failure: string | null;
  attempts: number;
  created_by: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}>;

const COLUMNS = `jobs.id, jobs.app, jobs.environment, jobs.kind, jobs.input, jobs.status, jobs.state, jobs.progress, jobs.result,
  jobs.failure, jobs.attempts, jobs.created_by, jobs.created_at, jobs.started_at, jobs.finished_at`;

export type NewJob = Pick<JobRow, "id" | "app" | "environment" | "kind" | "input"> &
  Readonly<{ createdBy: string }>;

/** Whether there was room for it. */
export async function insertJob(database: Database, job: NewJob): Promise<boolean> {
  const { id, app, environment, kind, input, createdBy } = job;
  return database.transaction(async (connection) => {
    // One after the other for each app, so that two do not both take the last place.
    await connection.query("select pg_advisory_xact_lock(hashtext($1))", [`jobs of ${app}`]);
    const added = await connection.query(
      `insert into server.jobs (id, app, environment, kind, input, created_by)
       select $1, $2, $3, $4, $5, $6
        where (select count(*) from server.jobs where app = $2 and status in ('QUEUED', 'RUNNING')) < $7
       returning id`,
      [id, app, environment, kind, JSON.stringify(input), createdBy, OPEN_JOBS_MAX],
      "jobs.insert",
    );
    return added.length > 0;
  });
}

export function findJobs(database: Queryable, ids: readonly string[]): Promise<readonly JobRow[]> {
  return database.query<JobRow>(
    `select ${COLUMNS} from server.jobs where jobs.id = any($1)`,
    [ids],
    "jobs.find",
  );
}

/** Whether it was still to be done. */
export async function cancelJob(database: Queryable, id: string): Promise<boolean> {
  const rows = await database.query(
    `update server.jobs set status = 'CANCELLED', state = null, finished_at = clock_timestamp()
      where id = $1 and status in ('QUEUED', 'RUNNING') returning id`,
    [id],
    "jobs.cancel",
  );
  return rows.length > 0;
}

/** Takes the oldest job that is not finished: one that waits, or one whose server is gone. */
export async function claimJob(database: Queryable, fence: number): Promise<JobRow | null> {
  const [row] = await database.query<JobRow>(
    `update server.jobs as jobs
        set status = 'RUNNING', fence = $1, attempts = jobs.attempts + 1,
            started_at = coalesce(jobs.started_at, clock_timestamp())
      where jobs.id = (select open.id from server.jobs as open
                        where open.status in ('QUEUED', 'RUNNING') and coalesce(open.fence, 0) <= $1
                        order by open.created_at, open.id limit 1 for update)
      returning ${COLUMNS}`,
    [fence],
    "jobs.claim",
  );
  return row ?? null;
}

/** Which job, as it is run by whoever holds this token. */
export type Held = Readonly<{ id: string; fence: number }>;

const IS_HELD = "id = $1 and fence = $2 and status = 'RUNNING'";

/** Whether it is still to go on. */
export async function reportJob(
  database: Queryable,
  { id, fence }: Held,
  { state, progress }: Readonly<{ state: Json; progress: number }>,
): Promise<boolean> {
  const rows = await database.query(
    `update server.jobs set state = $3, progress = $4, attempts = 1 where ${IS_HELD} returning id`,
    [id, fence, JSON.stringify(state), progress],
    "jobs.report",
  );
  return rows.length > 0;
}

export async function finishJob(database: Queryable, { id, fence }: Held, result: Json): Promise<void> {
  await database.query(
    `update server.jobs set status = 'DONE', result = $3, state = null, progress = 100, finished_at = clock_timestamp()
      where ${IS_HELD}`,
    [id, fence, JSON.stringify(result)],
    "jobs.finish",
  );
}

export async function failJob(database: Queryable, { id, fence }: Held, failure: string): Promise<void> {
  await database.query(
    `update server.jobs set status = 'FAILED', failure = $3, state = null, finished_at = clock_timestamp()
      where ${IS_HELD}`,
    [id, fence, failure],
    "jobs.fail",
  );
}

/** Puts it back for another server, as one that came to no harm by it. */
export async function putBackJob(database: Queryable, { id, fence }: Held): Promise<void> {
  await database.query(
    `update server.jobs set status = 'QUEUED', attempts = attempts - 1 where ${IS_HELD}`,
    [id, fence],
    "jobs.putBack",
  );
}

export async function forgetJobs(database: Queryable): Promise<void> {
  await database.query(
    `delete from server.jobs where finished_at < clock_timestamp() - $1 * interval '1 day'`,
    [FINISHED_DAYS_KEPT],
    "jobs.forget",
  );
}
