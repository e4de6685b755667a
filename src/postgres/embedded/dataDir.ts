import { access, chmod, constants, mkdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describeError } from "../../lib/describeError";
import { StartupRefused } from "../../lib/startupRefused";

/** Makes the folder if need be, and answers with its one true path. */
export async function prepareDataDir(dataDir: string): Promise<string> {
  const path = resolve(dataDir);
  try {
    const made = await mkdir(path, { recursive: true });
    // PostgreSQL may have to run as another user and must get through. What it keeps there only it can read.
    if (made !== undefined) await chmod(path, 0o755);
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    // Processes of this folder are found by this path, so there must be one spelling of it.
    return await realpath(path);
  } catch (error) {
    throw new StartupRefused(
      `DATA_DIR is ${path}, where nothing can be written (${describeError(error)}): ` +
        `make the folder writable, or set DATA_DIR to one that is.`,
      { cause: error },
    );
  }
}

/** The folder of PostgreSQL's own files. */
export const clusterOf = (dataDir: string): string => join(dataDir, "postgres");
