import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createKurrentdbEventStore } from "../../src/eventstore/kurrentdb";
import { NO_STREAM } from "../../src/eventstore/eventStore";
import { appendOf, readLog } from "../eventstore/appends";
import { freshLog, type TestLog } from "../eventstore/log";
import { addressOf } from "../support/kurrentdb/address";
import { startDouble, type KurrentdbDouble } from "../support/kurrentdb/double";
import { denied } from "../support/kurrentdb/faults";
import { startedServer } from "../support/builtServer";
import { until } from "../support/until";

jest.setTimeout(120_000);

const PROGRAM = join(__dirname, "../../dist/cli/copyLog.js");
const STREAMS = 20;
const ROUNDS = 100;
const THERE = ["--from", "postgres", "--to", "kurrentdb"];
const BACK = ["--from", "kurrentdb", "--to", "postgres"];

let log: TestLog;
let double: KurrentdbDouble;
beforeEach(async () => {
  [log, double] = [await freshLog(), await startDouble()];
});
afterEach(async () => {
  await Promise.all([log.drop(), double.stop()]);
});

/** The program, as a process of its own. */
function copy(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: log.url,
      KURRENTDB_URL: double.url,
      ...environment,
    },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  }
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, printed }));
  return { ended, kill: () => child.kill("SIGKILL") };
}

const copied = async (args: string[]): Promise<string> => {
  const { code, printed } = await copy(args).ended;
  expect({ code, printed }).toMatchObject({ code: 0 });
  return printed;
};

/** As many streams as there are apps, which alternate, in a database that a server has used. */
async function fill(): Promise<void> {
  const store = log.open();
  await log.database.query("insert into server.log_in_use (log) values ('postgres')");
  for (let round = 0; round < ROUNDS; round++) {
    const appends = Array.from({ length: STREAMS }, (_, app) => appendOf(`app-${app}`, round - 1));
    await Promise.all(appends.map((append) => store.append(append)));
  }
  await store.close();
}

it("copies everything, however often it is killed, and back again with the same hash", async () => {
  await fill();
  const all = STREAMS * ROUNDS;
  for (const part of [0.05, 0.3, 0.7]) {
    const program = copy(THERE);
    await until("a part is there", () => double.log.events.length > part * all);
    program.kill();
    expect(await program.ended).toMatchObject({ code: null });
  }
  const there = await copied(THERE);
  const [, added, hash] = /^Copied (\d+) events and compared 2000 of 20 streams, whose hash is (\w{64})/.exec(
    there,
  )!;
  expect(Number(added)).toBeLessThan(0.3 * all);
  expect(await copied(THERE)).toMatch(/^Nothing to do: the log is in kurrentdb/);

  await log.database.query("truncate log.events, log.appends");
  await log.database.query("update log.head set position = 0");
  for (const part of [0.1, 0.5]) {
    const program = copy(BACK);
    await until(
      "a part is back",
      async () => (await log.open().head()) > String(part * all).padStart(20, "0"),
    );
    program.kill();
    await program.ended;
  }
  const back = await copied(BACK);
  expect(back).toContain(`whose hash is ${hash} in both`);
  const streams = (events: Awaited<ReturnType<typeof readLog>>) =>
    events.map(({ stream, revision, id }) => `${stream} ${revision} ${id}`).sort();
  const kurrentdb = createKurrentdbEventStore({ address: addressOf(double.url) });
  expect(streams(await readLog(log.open()))).toEqual(streams(await readLog(kurrentdb)));
  await kurrentdb.close();
});

it("is refused in one line while a server runs, and a server while it runs", async () => {
  const server = await startedServer({ DATABASE_URL: log.url });
  expect(await copy(THERE).ended).toEqual({
    code: 1,
    printed: "A server, or another program, uses this database: stop it first.\n",
  });
  await server.kill("SIGTERM");
  double.faults.read = "silent";
  const program = copy(THERE);
  await until("it has begun", () => (double.calls.get("read") ?? 0) > 0);
  const refused = startedServer({ DATABASE_URL: log.url });
  await expect(refused).rejects.toThrow("ended with 1: The log of this database is being moved");
  program.kill();
  await program.ended;
  delete double.faults.read;
  await (await startedServer({ DATABASE_URL: log.url })).kill("SIGTERM");
});

it.each([
  [[]],
  [["--from", "postgres"]],
  [["--from", "postgres", "--to", "postgres"]],
  [["--from", "postgres", "--to", "kurrentdb", "--now"]],
])("says how it is called (%j)", async (args) => {
  const { code, printed } = await copy(args).ended;
  expect(code).toBe(1);
  expect(printed).toMatch(/^Say from where to where: npm run log:copy[^\n]*\n$/);
});

it("says that it must know where the KurrentDB is, and what it may not do there", async () => {
  const { code, printed } = await copy(THERE, { KURRENTDB_URL: "" }).ended;
  expect({ code, printed }).toEqual({ code: 1, printed: "KURRENTDB_URL must say where the KurrentDB is.\n" });
  double.faults.append = denied;
  await log.open().append(appendOf("app-a", NO_STREAM));
  const refused = await copy(THERE).ended;
  expect(refused.code).toBe(1);
  expect(refused.printed).toMatch(/^The KurrentDB at 127[^\n]*rights[^\n]*\n$/);
});
