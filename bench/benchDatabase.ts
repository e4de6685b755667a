import { freshFolder, removeFolder } from "./runningServer";
import { silent } from "../src/lib/logger";
import { startEmbedded } from "../src/postgres/embedded/startEmbedded";

/** Runs a benchmark on a database of its own, as durable as in production. */
export async function benchDatabase(
  run: (url: string) => Promise<unknown>,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = freshFolder();
  const { url, stop } = await startEmbedded({
    dataDir: folder,
    logger: silent,
    settings: { max_connections: "120", ...settings },
  });
  try {
    await run(url);
  } finally {
    await stop();
    removeFolder(folder);
  }
}
