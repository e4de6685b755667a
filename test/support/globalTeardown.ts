import { rm } from "node:fs/promises";
import { linesWithSecrets } from "./testLog";
import { runsOn } from "./testServer";

/** Stops what globalSetup started, and lets no run pass in which a secret came into a log. */
async function globalTeardown(): Promise<void> {
  await runsOn.server?.stop();
  const { logFolder } = runsOn;
  if (logFolder === undefined) return;
  const leaks = linesWithSecrets(logFolder);
  await rm(logFolder, { recursive: true, force: true });
  if (leaks.length > 0) throw new Error(`Secrets stand in the log:\n${leaks.slice(0, 10).join("\n")}`);
}

export = globalTeardown;
