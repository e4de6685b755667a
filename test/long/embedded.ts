import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silent } from "../../src/lib/logger";
import { startEmbedded } from "../../src/postgres/embedded/startEmbedded";

/** A PostgreSQL for a long test, in a folder that goes with it; durable as in production. */
export async function startEmbeddedForLongTests(): Promise<{ stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "pe-long-"));
  const { url, stop } = await startEmbedded({
    dataDir: folder,
    logger: silent,
    settings: { max_connections: "60" },
  });
  process.env["TEST_DATABASE_URL"] = url;
  return {
    async stop() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
