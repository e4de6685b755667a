import { spawn, type ChildProcess } from "node:child_process";
import type { Logger } from "../../lib/logger";
import type { Binaries } from "./binaries";
import { commandAs, identityOptions, type Identity } from "./identity";
import { runProgram } from "./runProgram";
import { SERVER_SETTINGS } from "./serverSettings";
import { SUPERVISE, SUPERVISED_STOP_MS } from "./supervise";
import type { Transport } from "./transport";

export type PostmasterOptions = Readonly<{
  /** The one true path of PostgreSQL's folder. */
  cluster: string;
  binaries: Binaries;
  identity: Identity;
  transport: Transport;
  /** In place of SERVER_SETTINGS. */
  settings: Readonly<Record<string, string>>;
  logger: Logger;
  onWaiting: () => void;
}>;

/** A running PostgreSQL. */
export type Postmaster = Readonly<{
  exited: Promise<void>;
  stop: () => Promise<void>;
}>;

/** PostgreSQL ended before it was ready; `lines` are what it said. */
export class StartFailed extends Error {
  constructor(
    readonly lines: readonly string[],
    options?: ErrorOptions,
  ) {
    super(lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.join(" "), options);
  }
}

const READY_TIMEOUT_MS = 5 * 60_000; // Recovery after a crash can take a while.
const LINES_KEPT_MAX = 50;

/** Starts PostgreSQL once, and answers when it accepts connections. @throws {StartFailed} */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const child = spawnSupervised(options);
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = (): Promise<void> => stopSupervised(child, exited, options);
  const ready = untilReady(child, options.logger);
  options.onWaiting();
  try {
    await ready;
  } catch (error) {
    await stop();
    throw error;
  }
  return { exited, stop };
}

function spawnSupervised({
  cluster,
  binaries,
  identity,
  transport,
  settings,
}: PostmasterOptions): ChildProcess {
  const allSettings = { ...SERVER_SETTINGS, ...settings, ...transport.settings };
  const postgresArguments = [
    ...["-D", cluster],
    ...Object.entries(allSettings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const [program, programArguments] = commandAs(identity, binaries.postgres, postgresArguments);
  const isSupervised = process.platform !== "win32";
  const [command, commandArguments] = isSupervised
    ? ["/bin/sh", ["-c", SUPERVISE, "postgres-supervisor", program, ...programArguments]]
    : [program, programArguments];
  return spawn(command, commandArguments, {
    ...identityOptions(identity),
    env: binaries.environment,
    cwd: cluster,
    // A group of its own, so that Ctrl-C in a terminal reaches us and not the database.
    detached: isSupervised,
    windowsHide: true,
    stdio: [isSupervised ? "pipe" : "ignore", "ignore", "pipe"],
  });
}

function untilReady(child: ChildProcess, logger: Logger): Promise<void> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new StartFailed([...lines, `not ready after ${READY_TIMEOUT_MS / 1000} s`])),
      READY_TIMEOUT_MS,
    );
    const fail = (cause?: Error): void => {
      clearTimeout(timer);
      reject(new StartFailed(cause ? [cause.message] : lines, { cause }));
    };
    child.once("error", fail);
    child.once("close", () => fail());
    // Read for as long as it runs: a full pipe would stop PostgreSQL.
    onLines(child, (line) => {
      say(logger, line);
      if (lines.push(line) > LINES_KEPT_MAX) lines.shift();
      if (!line.includes("database system is ready to accept connections")) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

function onLines(child: ChildProcess, listener: (line: string) => void): void {
  let rest = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = (lines.pop() ?? "").slice(-10_000);
    lines.forEach(listener);
  });
}

function say(logger: Logger, line: string): void {
  const text = `PostgreSQL: ${line}`;
  if (/^(WARNING|ERROR|FATAL|PANIC)/.test(line)) logger.warn(text);
  else logger.debug(text);
}

async function stopSupervised(
  child: ChildProcess,
  exited: Promise<void>,
  { binaries, cluster, identity }: PostmasterOptions,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  if (child.stdin) {
    // If the supervisor is dead the pipe is broken, and there is nothing to tell.
    child.stdin.on("error", () => undefined);
    child.stdin.end();
  } else {
    const [program, programArguments] = commandAs(identity, binaries.pgCtl, [
      "stop",
      "-D",
      cluster,
      "-m",
      "fast",
    ]);
    await runProgram(program, programArguments, { env: binaries.environment }, SUPERVISED_STOP_MS);
  }
  const timer = setTimeout(() => killGroup(child), SUPERVISED_STOP_MS + 5_000);
  await exited;
  clearTimeout(timer);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // It ended by itself just now.
  }
}
