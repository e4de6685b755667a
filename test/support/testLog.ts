import { randomUUID } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pino, type Logger } from "pino";
import type { CommandLine } from "../../src/lib/commandLog";

/** The folder to which every server of a run writes its log, in full; globalTeardown looks through it. */
export const LOG_FOLDER = "TEST_LOG_FOLDER";

/**
 * Whatever looks like a secret that the tests made, or that a server made in them: tokens of every kind, the admin tokens of
 * test servers, JWTs. None may stand in any log.
 */
export const SECRETS =
  /pe_(?:admin|person|server|client)_[\w-]{20,}|test-token-[\da-f-]{36}|a-token-for-tests-of-[\w-]+|eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

export type TestLog = Readonly<{
  logger: Logger;
  logCommand: (line: CommandLine) => void;
  /** All of it so far. */
  text: () => string;
}>;

/** What a program's log would be, with everything in it that anybody could turn on. */
export function testLog(): TestLog {
  const folder = process.env[LOG_FOLDER];
  const file = folder === undefined ? null : join(folder, randomUUID());
  const logger =
    file === null
      ? pino({ level: "silent" })
      : pino({ level: "trace" }, pino.destination({ dest: file, sync: true }));
  return {
    logger,
    logCommand: (line) => logger.info(line, "command"),
    text: () => (file === null ? "" : readFileSync(file, "utf8")),
  };
}

/** Keeps what a program of its own logged. */
export function keepLog(text: string): void {
  const folder = process.env[LOG_FOLDER];
  if (folder !== undefined) appendFileSync(join(folder, "programs"), text);
}

/** Every line of the run in which a secret stands. */
export function linesWithSecrets(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => secretsIn(readFileSync(join(folder, name), "utf8")));
}

export function secretsIn(log: string): readonly string[] {
  return log.split("\n").filter((line) => line.search(SECRETS) >= 0);
}
