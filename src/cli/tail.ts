import { changeLine } from "./changeLine";
import { readSettings } from "../settings";

const USAGE = `Say which app and token: npm run tail -- --app shop --token <token> [--url http://127.0.0.1:4000] [--since <instant> | --after <cursor> | --all]`;

void main(process.argv.slice(2));

/** `npm run tail`: the feed of an app for a person, one line for each change, until it is interrupted. */
async function main(args: readonly string[]): Promise<void> {
  const read = readSettings();
  const settings = read.outcome === "read" ? read.settings : null;
  const app = option(args, "--app");
  const token = option(args, "--token") ?? settings?.adminToken ?? null;
  const url = option(args, "--url") ?? `http://127.0.0.1:${settings?.port ?? 4000}`;
  if (app === undefined || token === null) return fail(USAGE);
  try {
    const { changes } = await import("../../packages/consumer/index.js");
    for await (const { event } of changes({ url, token, app, ...startIn(args), onLost: reportLost })) {
      if (event) process.stdout.write(`${changeLine(event)}\n`);
    }
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

function startIn(
  args: readonly string[],
): { since: string } | { after: string } | { startAt: "BEGINNING" | "NOW" } {
  const [since, after] = [option(args, "--since"), option(args, "--after")];
  if (since !== undefined) return { since };
  if (after !== undefined) return { after };
  return { startAt: args.includes("--all") ? "BEGINNING" : "NOW" };
}

function reportLost(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`The server cannot be reached (${reason}); trying again.\n`);
}

function option(args: readonly string[], name: string): string | undefined {
  const index = args.indexOf(name);
  return index < 0 ? undefined : args[index + 1];
}

function fail(line: string): void {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
