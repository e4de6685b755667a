import { graphqlClient } from "../demo/graphqlClient";
import { playDemo } from "../demo/demo";
import { readSettings } from "../settings";

const USAGE = "Say which token: npm run demo -- --token <admin token> [--url http://127.0.0.1:4000]";

void main(process.argv.slice(2));

/** Plays the main job against a running server. */
async function main(args: readonly string[]): Promise<void> {
  const read = readSettings();
  const settings = read.outcome === "read" ? read.settings : null;
  const token = option(args, "--token") ?? settings?.adminToken ?? null;
  const address = option(args, "--url") ?? `http://127.0.0.1:${settings?.port ?? 4000}`;
  if (token === null) return fail(USAGE);
  const app = `demo-${Date.now().toString(36)}`;
  try {
    await playDemo(graphqlClient(address, token), (line) => process.stdout.write(`${line}\n`), app);
  } catch (error) {
    const cause =
      error instanceof TypeError ? `no server answers at ${address}; start one with npm start` : null;
    fail(`The demo stopped: ${cause ?? (error instanceof Error ? error.message : String(error))}`);
  }
}

function option(args: readonly string[], name: string): string | undefined {
  const index = args.indexOf(name);
  return index < 0 ? undefined : args[index + 1];
}

function fail(line: string): void {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
