import { parentPort, workerData } from "node:worker_threads";
import type { FromWorker, ToWorker } from "./messages";
import { runTask } from "./scanner";
import type { TaskName } from "./tasks";
import { invariant } from "../lib/invariant";
import { DatabaseUnavailable } from "../postgres/database";
import { createDatabase } from "../postgres/pool";

/** The thread that looks at many users, so that nobody who is served waits for it. */
const { databaseUrl, connectionsMax } = workerData as { databaseUrl: string; connectionsMax: number };
const database = createDatabase(databaseUrl, { connectionsMax, applicationName: "product-experiences scan" });
const answers = new Map<number, Readonly<{ goOn: () => void; end: (reason: Error) => void }>>();

invariant(parentPort, "this is the main program of a worker thread");
const port = parentPort;
const say = (message: FromWorker): void => port.postMessage(message);

port.on("message", (message: ToWorker) => {
  const { id } = message;
  switch (message.kind) {
    case "run":
      return void run(id, message.name as TaskName, message.input);
    case "goOn":
      return answers.get(id)?.goOn();
    case "end":
      return answers.get(id)?.end(new Error("It is not to go on."));
  }
});

async function run(id: number, name: TaskName, input: unknown): Promise<void> {
  const report = (progress: unknown): Promise<void> =>
    new Promise((goOn, end) => {
      answers.set(id, { goOn, end });
      say({ id, kind: "progress", progress });
    });
  try {
    say({ id, kind: "done", result: await runTask(database, name, input as never, report) });
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say({ id, kind: "failed", message, isUnavailable: error instanceof DatabaseUnavailable });
  }
  answers.delete(id);
}
