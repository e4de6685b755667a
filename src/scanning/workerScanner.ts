import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FromWorker, ToWorker } from "./messages";
import type { Scanner, TaskResult } from "./scanner";
import type { TaskName } from "./tasks";
import { DatabaseUnavailable } from "../postgres/database";

/** Of the database, for the thread: two for what is asked for at once, and two for a job. */
const CONNECTIONS_MAX = 4;
/** A thread without work ends after so long, for it takes memory. */
const IDLE_MS_MAX = 60_000;

type Pending = Readonly<{
  report: (progress: unknown) => Promise<void>;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}>;
type Thread = Readonly<{
  worker: Worker;
  pending: Map<number, Pending>;
  hasEnded: () => boolean;
  /** Whatever is under way rejects with the reason. */
  end: (reason: Error) => Promise<void>;
}>;

/** A scanner in a thread of its own, which begins with the first task. Only of compiled code. */
export function createWorkerScanner(databaseUrl: string): Scanner {
  let thread: Thread | null = null;
  let idle: NodeJS.Timeout | null = null;
  let tasks = 0;
  const current = (): Thread => {
    if (thread?.hasEnded() !== false) thread = beginThread(databaseUrl);
    return thread;
  };
  function endWhenIdle(): void {
    if (idle) clearTimeout(idle);
    idle = setTimeout(() => {
      if (thread?.pending.size === 0) void thread.end(new Error("The thread that scans is idle."));
    }, IDLE_MS_MAX);
    idle.unref();
  }
  return {
    async run<Name extends TaskName>(
      name: Name,
      input: unknown,
      report: (progress: never) => Promise<void>,
    ): Promise<TaskResult<Name>> {
      const { worker, pending } = current();
      const id = (tasks += 1);
      try {
        return await new Promise<TaskResult<Name>>((resolve, reject) => {
          // What a task says and comes to is what its name says.
          pending.set(id, { report, resolve, reject } as unknown as Pending);
          worker.postMessage({ id, kind: "run", name, input } satisfies ToWorker);
        });
      } finally {
        pending.delete(id);
        endWhenIdle();
      }
    },
    async close() {
      if (idle) clearTimeout(idle);
      await thread?.end(new DatabaseUnavailable("The server stops."));
    },
  };
}

function beginThread(databaseUrl: string): Thread {
  const worker = new Worker(join(__dirname, "worker.js"), {
    workerData: { databaseUrl, connectionsMax: CONNECTIONS_MAX },
  });
  // What the program waits for is its own affair.
  worker.unref();
  const pending = new Map<number, Pending>();
  let hasEnded = false;
  const end = async (reason: Error): Promise<void> => {
    hasEnded = true;
    for (const { reject } of pending.values()) reject(reason);
    pending.clear();
    await worker.terminate();
  };
  const thread = { worker, pending, hasEnded: () => hasEnded, end };
  worker.on("message", (message: FromWorker) => hear(thread, message));
  worker.on("error", (error) => void end(error));
  worker.on("exit", () => void end(new Error("The thread that scans has ended.")));
  return thread;
}

function hear({ worker, pending }: Thread, message: FromWorker): void {
  const { id } = message;
  const told = pending.get(id);
  if (!told) return;
  switch (message.kind) {
    case "progress":
      told.report(message.progress).then(
        () => worker.postMessage({ id, kind: "goOn" } satisfies ToWorker),
        (error: unknown) => {
          worker.postMessage({ id, kind: "end" } satisfies ToWorker);
          told.reject(error);
        },
      );
      return;
    case "done":
      return told.resolve(message.result);
    case "failed":
      return told.reject(
        message.isUnavailable ? new DatabaseUnavailable(message.message) : new Error(message.message),
      );
  }
}
