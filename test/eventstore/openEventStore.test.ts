// cspell:ignore cret locktype
import { holdToLog, lockLog } from "../../src/eventstore/logInUse";
import { openEventStore, type LogChoice } from "../../src/eventstore/openEventStore";
import { NO_STREAM, type EventStore } from "../../src/eventstore/eventStore";
import { StartupRefused } from "../../src/lib/startupRefused";
import { openParts } from "../../src/parts";
import { addressOf } from "../support/kurrentdb/address";
import { startDouble, type KurrentdbDouble } from "../support/kurrentdb/double";
import { denied, unavailable } from "../support/kurrentdb/faults";
import { startTcpProxy } from "../support/tcpProxy";
import { until } from "../support/until";
import { appendOf, succeeded } from "./appends";
import { freshLog, terminate, type TestLog } from "./log";

let log: TestLog;
let double: KurrentdbDouble;
beforeAll(async () => {
  log = await freshLog();
});
beforeEach(async () => {
  double = await startDouble();
});
afterEach(() => double.stop());
afterAll(() => log.drop());

const choiceOf = (url: string): LogChoice => ({
  kind: "kurrentdb",
  address: addressOf(url),
  credentialsFile: null,
});
const open = (choice: LogChoice, waitMs?: number): Promise<EventStore> => openEventStore(choice, log, waitMs);

describe("opening the log in KurrentDB", () => {
  it("waits until it is there", async () => {
    double.faults.read = unavailable;
    const opening = open(choiceOf(double.url));
    await until("it was tried a few times", () => (double.calls.get("read") ?? 0) >= 4);
    delete double.faults.read;
    const store = await opening;
    expect(succeeded(await store.append(appendOf("app-a", NO_STREAM))).revision).toBe(0);
    await store.close();
  });

  it("says in one line that nothing answers there, and no password", async () => {
    await double.stop();
    const refused = open(choiceOf(`kurrentdb://admin:s3cret@127.0.0.1:${double.port}`), 0);
    await expect(refused).rejects.toThrow(StartupRefused);
    await expect(refused).rejects.toThrow(
      /^The KurrentDB at 127\.0\.0\.1:\d+ cannot be used: .* Check KURRENTDB_URL[^\n]*$/,
    );
    await expect(refused).rejects.not.toThrow("s3cret");
  });

  it("says so of one that is silent", async () => {
    const proxy = await startTcpProxy(`postgres://127.0.0.1:${double.port}/x`);
    proxy.setMode("blackHole");
    const url = `kurrentdb://${new URL(proxy.url).host}?tls=false`;
    await expect(open(choiceOf(url), 0)).rejects.toThrow("did not answer within 5000 ms");
    await proxy.close();
  });

  it("does not wait where the user has no right to read the log", async () => {
    double.faults.read = denied;
    const refused = open(choiceOf(double.url), 60_000);
    await expect(refused).rejects.toThrow(
      "refuses the user's name or password, or its rights. Check KURRENTDB_URL",
    );
  });
});

describe("a database", () => {
  const partsOn = (choice: LogChoice) =>
    openParts({
      url: log.url,
      connectionsMax: 2,
      log: choice,
      now: () => new Date(),
      report: () => undefined,
    });

  it("stays with the log that it was first used with", async () => {
    await (await partsOn(choiceOf(double.url))).close();
    await (await partsOn(choiceOf(double.url))).close();
    const another = await startDouble();
    await expect(partsOn(choiceOf(another.url))).rejects.toThrow(
      /filled from another log \(kurrentdb .*or use another database/,
    );
    await expect(partsOn({ kind: "postgres" })).rejects.toThrow(StartupRefused);
    await another.stop();
  });

  it("whose log is its own keeps it, also under another name", async () => {
    const own = await freshLog();
    const hold = (kind: LogChoice["kind"], logId: string) =>
      holdToLog({ ...own, log: { kind }, store: { logId: async () => logId }, onMoved: () => undefined });
    await (await hold("postgres", "one")).release();
    await (await hold("postgres", "restored")).release();
    await expect(hold("kurrentdb", "x")).rejects.toThrow("(postgres)");
    await own.drop();
  });

  it("tells a server whose connection was cut while the log was moved that it is another one now", async () => {
    const own = await freshLog();
    const moved = new Promise<Error>((resolve) => {
      const store = { logId: async () => "one" };
      void holdToLog({ ...own, log: { kind: "kurrentdb" }, store, onMoved: resolve }).then(async () => {
        await own.database.query("update server.log_in_use set log = 'postgres'");
        await terminate(own.database, "product-experiences log in use");
      });
    });
    expect((await moved).message).toContain("filled from another log (postgres)");
    await own.drop();
  });

  it("is held again by a server whose connection was cut, so that its log cannot be moved", async () => {
    const own = await freshLog();
    const onMoved = jest.fn();
    const hold = await holdToLog({
      ...own,
      log: { kind: "postgres" },
      store: { logId: async () => "one" },
      onMoved,
    });
    const holders = () =>
      own.database.query<{ pid: number }>(
        `select pid from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted
            and database = (select oid from pg_database where datname = current_database())`,
      );
    const [cutOff] = await holders();
    expect(await terminate(own.database, "product-experiences log in use")).toBe(1);
    await until("it is held again", async () => (await holders()).some(({ pid }) => pid !== cutOff?.pid));
    await expect(lockLog(own.url)).rejects.toThrow("A server, or another program, uses this database");
    await hold.release();
    const lock = await lockLog(own.url);
    await expect(
      holdToLog({ ...own, log: { kind: "postgres" }, store: { logId: async () => "one" }, onMoved }),
    ).rejects.toThrow("is being moved");
    await lock.close();
    expect(onMoved).not.toHaveBeenCalled();
    await own.drop();
  });
});
