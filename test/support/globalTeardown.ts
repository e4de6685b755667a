import { runsOn } from "./testServer";

/** Stops what globalSetup started. */
async function globalTeardown(): Promise<void> {
  await runsOn.server?.stop();
}

export = globalTeardown;
