import { resolve } from "node:path";
import type { LogChoice } from "../eventstore/openEventStore";
import { openParts, type Parts } from "../parts";
import { findRunning } from "../postgres/embedded/findRunning";
import { logIn, readSettings, type Settings } from "../settings";
import { startDatabase, type StartedDatabase } from "../startDatabase";

type Program = (parts: Parts & Readonly<{ url: string; log: LogChoice }>, logger: CliLogger) => Promise<void>;
type CliLogger = typeof logger;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const logger = { debug: () => undefined, info: say, warn: say, error: say };

/** Runs a program on the server's database: on the one that a running server has started, or on one started for it. */
export async function withParts(program: Program): Promise<void> {
  await withDatabase((url, settings) => runOn(url, logIn(settings), program));
}

/** For a program that opens the log by itself. */
export async function withDatabase(
  program: (url: string, settings: Settings) => Promise<void>,
): Promise<void> {
  const read = readSettings();
  if (read.outcome === "refused") return fail(read.faults);
  try {
    const database = await openDatabase(read.settings);
    try {
      await program(database.url, read.settings);
    } finally {
      await database.stop();
    }
  } catch (error) {
    fail([error instanceof Error ? error.message : String(error)]);
  }
}

async function openDatabase(settings: Settings): Promise<StartedDatabase> {
  const running = settings.databaseUrl === null ? await findRunning(resolve(settings.dataDir)) : null;
  if (running === null) return startDatabase(settings, logger);
  return { url: running, isEmbedded: true, stop: () => Promise.resolve() };
}

async function runOn(url: string, log: LogChoice, program: Program): Promise<void> {
  const report = (error: unknown) => say(String(error));
  const parts = await openParts({ url, connectionsMax: 4, log, now: () => new Date(), report });
  try {
    await program({ ...parts, url, log }, logger);
  } finally {
    await parts.close();
  }
}

function fail(lines: readonly string[]): void {
  for (const line of lines) say(line);
  process.exitCode = 1;
}
