import { readFileSync, statSync } from "node:fs";
import type { Credentials } from "./url";
import { describeError } from "../../lib/describeError";
import { StartupRefused } from "../../lib/startupRefused";

/** How long what the file says is taken as it was. */
export const CREDENTIALS_KEPT_MS = 1_000;
const CREDENTIALS_BYTES_MAX = 4_096;

/** Whoever calls KurrentDB asks for them each time, so that new ones hold from the next call on. */
export type CurrentCredentials = () => Credentials | null;

/**
 * The user and password of a file, `user:password`, which may be replaced at any time; or those of the URL. While a file
 * cannot be read, as in the moment in which it is replaced, those that it held hold on.
 * @throws {StartupRefused} if the file holds none to begin with.
 */
export function currentCredentials(
  ofUrl: Credentials | null,
  path: string | null,
  nowMs: () => number = () => performance.now(),
): CurrentCredentials {
  if (path === null) return () => ofUrl;
  let kept = readFirst(path);
  let lookedAtMs = nowMs();
  return () => {
    if (nowMs() - lookedAtMs < CREDENTIALS_KEPT_MS) return kept;
    lookedAtMs = nowMs();
    try {
      kept = readFile(path);
    } catch {
      // The server says so if they are not right any more.
    }
    return kept;
  };
}

function readFirst(path: string): Credentials {
  try {
    return readFile(path);
  } catch (error) {
    throw new StartupRefused(
      `KURRENTDB_CREDENTIALS_FILE ${path} cannot be used (${describeError(error)}): it must hold user:password.`,
      { cause: error },
    );
  }
}

/** As it stands there: unlike in a URL, no character has a meaning but the first colon. */
function readFile(path: string): Credentials {
  if (statSync(path).size > CREDENTIALS_BYTES_MAX) throw new Error("it is too large");
  const text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
  const colon = text.indexOf(":");
  if (colon < 1) throw new Error("it holds no colon behind a user's name");
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
