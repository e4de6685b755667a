import { TASKS, type TaskName } from "./tasks";
import type { Database } from "../postgres/database";

type Task<Name extends TaskName> = (typeof TASKS)[Name];
export type TaskInput<Name extends TaskName> = Parameters<Task<Name>>[1];
export type TaskProgress<Name extends TaskName> = Parameters<Parameters<Task<Name>>[2]>[0];
export type TaskResult<Name extends TaskName> = Awaited<ReturnType<Task<Name>>>;

/** Does what looks at many users. Inputs, progress and results are plain data, so that it may be done by another thread. */
export interface Scanner {
  /** `report` is told how far it came; if it rejects, the work ends and rejects with the same. */
  run<Name extends TaskName>(
    name: Name,
    input: TaskInput<Name>,
    report: (progress: TaskProgress<Name>) => Promise<void>,
  ): Promise<TaskResult<Name>>;
  close(): Promise<void>;
}

/** In this thread: between slices it serves others. */
export function createScanner(database: Database): Scanner {
  return {
    run: (name, input, report) => runTask(database, name, input, report),
    close: () => database.close(),
  };
}

export function runTask<Name extends TaskName>(
  database: Database,
  name: Name,
  input: TaskInput<Name>,
  report: (progress: TaskProgress<Name>) => Promise<void>,
): Promise<TaskResult<Name>> {
  // Which input belongs to which name is held by the types of `run`.
  const task = TASKS[name] as unknown as (
    database: Database,
    input: TaskInput<Name>,
    report: (progress: TaskProgress<Name>) => Promise<void>,
  ) => Promise<TaskResult<Name>>;
  return task(database, input, report);
}
