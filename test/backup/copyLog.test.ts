import { copyLog } from "../../src/backup/copyLog";
import { moveLog } from "../../src/backup/moveLog";
import { createKurrentdbEventStore } from "../../src/eventstore/kurrentdb";
import { NO_STREAM, type EventStore, type RecordedEvent } from "../../src/eventstore/eventStore";
import type { LogChoice } from "../../src/eventstore/openEventStore";
import { PROJECTIONS } from "../../src/parts";
import { createDatabase } from "../../src/postgres/pool";
import { appendOf, noted, readLog, succeeded } from "../eventstore/appends";
import { freshLog, type TestLog } from "../eventstore/log";
import { addressOf } from "../support/kurrentdb/address";
import { startDouble, type KurrentdbDouble } from "../support/kurrentdb/double";
import { createDoubleLog } from "../support/kurrentdb/log";
import { verified } from "../support/verifying";
import { startTestServer, type TestServer } from "../support/wholeServer";

const POSTGRES: LogChoice = { kind: "postgres" };
let double: KurrentdbDouble;
let kurrentdb: LogChoice;

beforeEach(async () => {
  double = await startDouble({ log: createDoubleLog({ hasNeighbours: true }) });
  kurrentdb = { kind: "kurrentdb", address: addressOf(double.url), credentialsFile: null };
});
afterEach(() => double.stop());

/** Streams that alternate, some appends of several events, and the instance among them. */
async function fill(store: EventStore): Promise<void> {
  const revisions = new Map<string, number>();
  for (let index = 0; index < 120; index++) {
    const stream = index % 13 === 0 ? "instance" : `app-${index % 5}`;
    const expected = revisions.get(stream) ?? NO_STREAM;
    const events = Array.from({ length: 1 + (index % 3) }, (_, number) =>
      noted({ index, number, text: "böb 🎈 \u0001", "2": 2, "1": [null, 1.5e300] }),
    );
    const { revision } = succeeded(await store.append(appendOf(stream, expected, { events })));
    revisions.set(stream, revision);
  }
}

const facts = ({ position: _, ...event }: RecordedEvent) => event;

/** Every stream by itself, and of each event how many of the instance stand before it. */
function orderOf(events: readonly RecordedEvent[]): object {
  let ofInstance = 0;
  const streams: Record<string, object[]> = {};
  for (const event of events) {
    (streams[event.stream] ??= []).push({ ...facts(event), ofInstance });
    if (event.stream === "instance") ofInstance += 1;
  }
  return streams;
}

describe("copying a log", () => {
  let [source, back]: TestLog[] = [];
  let stores: EventStore[];
  beforeEach(async () => {
    [source, back] = [await freshLog(), await freshLog()];
    stores = [source.open(), createKurrentdbEventStore({ address: addressOf(double.url) }), back.open()];
    await fill(stores[0]!);
  });
  afterEach(async () => {
    await stores[1]?.close();
    await Promise.all([source?.drop(), back?.drop()]);
  });

  it("there and back gives the same events in the same order, and one hash", async () => {
    const [from, to, home] = stores as [EventStore, EventStore, EventStore];
    const there = await copyLog({ from, to });
    const again = await copyLog({ from: to, to: home });
    expect(there).toEqual({
      events: 240,
      added: 240,
      streams: 6,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(again).toEqual(there);
    const [first, second, third] = await Promise.all([from, to, home].map((store) => readLog(store)));
    expect(orderOf(second!)).toEqual(orderOf(first!));
    expect(orderOf(third!)).toEqual(orderOf(first!));
    expect(await copyLog({ from, to })).toEqual({ ...there, added: 0 });
  });

  it("goes on where it was interrupted, wherever that was", async () => {
    const [from, to] = stores as [EventStore, EventStore];
    for (const appends of [1, 7, 30, 60]) {
      let left = appends;
      const dying: EventStore = {
        ...to,
        append: async (append) => (left-- > 0 ? to.append(append) : Promise.reject(new Error("killed"))),
      };
      await expect(copyLog({ from, to: dying })).rejects.toThrow("killed");
    }
    const { events, added } = await copyLog({ from, to });
    expect(events).toBe(240);
    expect(added).toBeLessThan(240 - 60);
    expect(orderOf(await readLog(to))).toEqual(orderOf(await readLog(from)));
  });

  it("notices one byte that is another in what is there, and changes nothing", async () => {
    const [from, to] = stores as [EventStore, EventStore];
    await copyLog({ from, to });
    const event = double.log.events.filter(({ stream }) => stream === "productExperiences-app-3")[11]!;
    const { buffer, byteOffset, length } = event.data;
    const bytes = Buffer.from(buffer, byteOffset, length);
    const at = bytes.indexOf('"index":') + 8;
    bytes[at] = bytes[at]! === 0x31 ? 0x32 : 0x31;
    const before = double.log.events.length;
    succeeded(await from.append(appendOf("app-new", NO_STREAM)));
    await expect(copyLog({ from, to })).rejects.toThrow(
      "The log cannot be copied: it has another event as revision 11 of app-3.",
    );
    expect(double.log.events).toHaveLength(before);
  });

  it("notices metadata that are others, an event too many, and one that moved before one of the instance", async () => {
    const [from, to, home] = stores as [EventStore, EventStore, EventStore];
    await copyLog({ from, to });
    await copyLog({ from: to, to: home });
    const database = back!.database;
    await database.query(
      "update log.events set meta = replace(meta, 'admin', 'admiN') where stream = 'app-1' and revision = 4",
    );
    await expect(copyLog({ from, to: home })).rejects.toThrow("another event as revision 4 of app-1");
    await database.query("update log.events set meta = replace(meta, 'admiN', 'admin')");
    // Positions 1 and 2 change places, which are the instance's first and an app's.
    await database.query("update log.events set position = -position where position in (1, 2)");
    await database.query("update log.events set position = 3 + position where position < 0");
    await expect(copyLog({ from, to: home })).rejects.toThrow("stand elsewhere among those of the instance");
    await database.query("update log.events set position = -position where position in (1, 2)");
    await database.query("update log.events set position = 3 + position where position < 0");
    await home.append(appendOf("app-other", NO_STREAM));
    await expect(copyLog({ from, to: home })).rejects.toThrow("another event as revision 0 of app-other");
  });
});

const CHANGES = `query($after: String, $startAt: ChangesStartAt) { changes(app: "shop", startAt: $startAt, after: $after, first: 1000) { items { cursor kind event { id type subject time before after } } } }`;
type Item = { cursor: string; kind: string; event: { id: string } | null };

async function changesAfter(server: TestServer, after: string | null): Promise<Item[]> {
  const data = (await server.send(CHANGES, after === null ? { startAt: "BEGINNING" } : { after })) as {
    changes: { items: Item[] };
  };
  return data.changes.items.filter(({ kind }) => kind === "EVENT");
}

const createKeys = async (server: TestServer, ...names: string[]): Promise<void> => {
  for (const name of names) {
    await server.send(
      `mutation($name: String!) { createKey(input: { app: "shop", name: $name, type: STRING, defaultValue: "" }) { errors { code } } }`,
      { name },
    );
  }
};

describe("moving the log of a database", () => {
  let server: TestServer;
  const move = async (from: LogChoice, to: LogChoice) => {
    const database = createDatabase(server.databaseUrl, { connectionsMax: 3 });
    const url = server.databaseUrl;
    return moveLog({ database, url, from, to, projections: PROJECTIONS }).finally(() => database.close());
  };
  beforeEach(async () => {
    server = await startTestServer();
    await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
    await createKeys(server, "a", "b", "c");
  });
  afterEach(() => server.stop());

  it("lets a consumer go on from its cursor without a gap or a double, there and back", async () => {
    const before = await changesAfter(server, null);
    const { cursor } = before[2]!;
    await server.running.close();
    const moved = await move(POSTGRES, kurrentdb);
    const there = await startTestServer({ on: { ...server, eventLog: kurrentdb } });
    expect(await changesAfter(there, null)).toEqual(before);
    expect(await changesAfter(there, cursor)).toEqual(before.slice(3));
    await createKeys(there, "d", "e");
    const longer = await changesAfter(there, null);
    expect(longer.slice(0, before.length)).toEqual(before);
    expect(longer).toHaveLength(before.length + 2);
    expect(await verified(server.databaseUrl, kurrentdb)).toMatchObject({ faults: [], differences: [] });
    await there.running.close();

    const returned = await move(kurrentdb, POSTGRES);
    expect(returned).toMatchObject({ added: 2, events: moved!.events + 2 });
    const back = await startTestServer({ on: server });
    expect(await changesAfter(back, cursor)).toEqual(longer.slice(3));
    await createKeys(back, "f");
    expect(await changesAfter(back, longer.at(-1)!.cursor)).toHaveLength(1);
    expect(await verified(server.databaseUrl)).toMatchObject({ faults: [], differences: [] });
    await back.running.close();
  });

  it("is refused while a server uses the database, whichever log that has, and changes nothing", async () => {
    await expect(move(POSTGRES, kurrentdb)).rejects.toThrow(
      "A server, or another program, uses this database",
    );
    expect(double.log.events).toEqual([]);
    await server.running.close();
    await move(POSTGRES, kurrentdb);
    const there = await startTestServer({ on: { ...server, eventLog: kurrentdb } });
    await expect(move(kurrentdb, POSTGRES)).rejects.toThrow(
      "A server, or another program, uses this database",
    );
    await there.running.close();
  });

  it("is refused where the target is a log of its own, and the database keeps the one that it has", async () => {
    const theirs = createKurrentdbEventStore({ address: addressOf(double.url) });
    await theirs.logId();
    await theirs.append(appendOf("instance", NO_STREAM));
    await theirs.close();
    await server.running.close();
    await expect(move(POSTGRES, kurrentdb)).rejects.toThrow(
      "the target is another log, with events of its own",
    );
    await (await startTestServer({ on: server })).running.close();
  });

  it("has nothing to do once it is done, and is refused from a log that is not the database's", async () => {
    await server.running.close();
    await expect(move(kurrentdb, POSTGRES)).resolves.toBeNull();
    await move(POSTGRES, kurrentdb);
    await expect(move(POSTGRES, kurrentdb)).resolves.toBeNull();
    const other = await startDouble();
    const elsewhere: LogChoice = { kind: "kurrentdb", address: addressOf(other.url), credentialsFile: null };
    await expect(move(elsewhere, POSTGRES)).rejects.toThrow(
      /the database's log is kurrentdb .*, and not kurrentdb/,
    );
    await other.stop();
  });
});
