import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventStoreDBClient, jsonEvent } from "@eventstore/db-client";
import { createKurrentdbEventStore, type KurrentdbEventStoreOptions } from "../../src/eventstore/kurrentdb";
import { NO_STREAM, START, StoreUnavailable, type EventStore } from "../../src/eventstore/eventStore";
import { addressOf } from "../support/kurrentdb/address";
import { CERTIFICATE } from "../support/kurrentdb/certificate";
import { startDouble, type DoubleOptions, type KurrentdbDouble } from "../support/kurrentdb/double";
import { denied, exception, unavailable } from "../support/kurrentdb/faults";
import { createDoubleLog } from "../support/kurrentdb/log";
import { OLDEST } from "../support/kurrentdb/profiles";
import { startTcpProxy } from "../support/tcpProxy";
import { until } from "../support/until";
import { status } from "@grpc/grpc-js";
import { appendOf, many, newStream, noted, readLog, succeeded } from "./appends";

// Every one of these was seen with the real client: what it does by itself, and what must come of it here.

const open: { close(): Promise<unknown> }[] = [];
let double: KurrentdbDouble;

async function newDouble(options: DoubleOptions = {}): Promise<KurrentdbDouble> {
  const started = await startDouble(options);
  open.push({ close: () => started.stop() });
  return started;
}

const PATIENT = { deadlineMs: 60_000, appendTimeoutMs: 30_000, readTimeoutMs: 30_000 };

function openStore(options: Partial<KurrentdbEventStoreOptions> = {}, url = double.url): EventStore {
  const short = { appendTimeoutMs: 300, readTimeoutMs: 300, silenceMs: 200 };
  const store = createKurrentdbEventStore({ address: addressOf(url), ...short, ...options });
  open.push(store);
  return store;
}

beforeEach(async () => {
  double = await newDouble({ log: createDoubleLog({ hasNeighbours: true }) });
});

afterEach(async () => {
  delete double.faults.append;
  for (const one of open.splice(0).reverse()) await one.close();
});

describe("an append", () => {
  it("that the server takes and never answers is refused at its deadline, where a batch would wait for ever", async () => {
    double.faults.append = "silent";
    const bare = EventStoreDBClient.connectionString(double.url.replace("kurrentdb:", "esdb:"));
    let isAnswered = false;
    const event = jsonEvent({ type: "Noted", data: {} });
    const waiting = bare.appendToStream("bare", event, { deadline: 50 }).finally(() => (isAnswered = true));
    waiting.catch(() => undefined);
    const store = openStore({ deadlineMs: 500 });
    await expect(store.append(appendOf(newStream(), NO_STREAM))).rejects.toThrow(StoreUnavailable);
    await until("the bare client has sent its batch", () => double.calls.get("batchAppend") === 1);
    expect(isAnswered).toBe(false);
    delete double.faults.append;
    await bare.dispose();
  });

  it("is never sent as a batch, though the server offers it", async () => {
    await openStore().append(appendOf(newStream(), NO_STREAM));
    expect([double.calls.get("append"), double.calls.get("batchAppend")]).toEqual([1, undefined]);
  });

  it("is answered with the revision where the stream is, and not with 1", async () => {
    const store = openStore();
    const stream = newStream();
    await store.append(appendOf(stream, NO_STREAM, { events: many(5) }));
    expect(await store.append(appendOf(stream, 0))).toEqual({ outcome: "conflict", actualRevision: 4 });
  });

  it.each(["silent", "ended", unavailable] as const)("that fails is made again: %p", async (fault) => {
    const store = openStore({ deadlineMs: 10_000 });
    double.faults.append = fault;
    const append = appendOf(newStream(), NO_STREAM);
    const answer = store.append(append);
    await until("it was tried", () => (double.calls.get("append") ?? 0) >= 2);
    delete double.faults.append;
    expect(await answer).toMatchObject({ outcome: "appended", revision: 0 });
    expect(await store.readStream(append.stream, 0, 10)).toHaveLength(1);
  });

  it("that was written before its connection broke is answered, and stands there once", async () => {
    const store = openStore({ deadlineMs: 10_000 });
    double.faults.append = "lost";
    const append = appendOf(newStream(), NO_STREAM, { events: many(3) });
    const answer = store.append(append);
    await until("it was tried again", () => (double.calls.get("append") ?? 0) >= 3);
    delete double.faults.append;
    expect(await answer).toMatchObject({ revision: 2 });
    expect(await store.readStream(append.stream, 0, 10)).toHaveLength(3);
  });

  it("whose event nobody brings is looked for where the log ended, by servers that say no positions of a stream", async () => {
    double = await newDouble({ profile: OLDEST });
    const store = openStore({ ...PATIENT, silenceMs: 60_000 });
    let heard = 0;
    store.onAppended(() => (heard += 1));
    const stream = newStream();
    await store.append(appendOf(stream, NO_STREAM, { events: many(5_000) }));
    await until("they were heard of", () => heard > 0);
    double.faults.subscription = "mute";
    const before = double.calls.get("read") ?? 0;
    expect(await store.append(appendOf(stream, 4_999))).toMatchObject({
      outcome: "appended",
      revision: 5_000,
    });
    expect((double.calls.get("read") ?? 0) - before).toBeLessThanOrEqual(3);
    expect(await store.readStream(stream, 5_000, 10)).toHaveLength(1);
  });

  it("says that the store is away, whatever kind of error the client makes of it", async () => {
    const store = openStore({ deadlineMs: 300 });
    await double.stop();
    const refused = store.append(appendOf(newStream(), NO_STREAM));
    await expect(refused).rejects.toThrow(StoreUnavailable);
    await expect(store.head()).rejects.toThrow(/KurrentDB is away or did not answer \(.+\)/);
  });

  it("fails alone: those under way beside it over the same connection are appended once each", async () => {
    const store = openStore({ deadlineMs: 20_000 });
    const appends = Array.from({ length: 30 }, () => appendOf(newStream(), NO_STREAM));
    const answers = Promise.all(appends.map((append) => store.append(append)));
    await until("some have come", () => (double.calls.get("append") ?? 0) >= 5);
    await double.stop();
    double = await newDouble({ log: double.log, port: double.port });
    expect((await answers).map((result) => succeeded(result).revision)).toEqual(appends.map(() => 0));
    expect(await readLog(store)).toHaveLength(30);
  });

  it("keeps the times to the millisecond, and all that stands beside the data as text", async () => {
    const store = openStore();
    const meta = { actor: "a", commandId: "c", recordedAt: "2026-01-05T10:00:58.077Z", fingerprint: "f" };
    const append = appendOf(newStream(), NO_STREAM, { meta });
    await store.append(append);
    expect((await store.readStream(append.stream, 0, 1))[0]?.meta).toEqual(meta);
    const stored = double.log.ofStream(`productExperiences-${append.stream}`)?.[0];
    expect(JSON.parse(Buffer.from(stored?.metadata ?? []).toString())).toEqual({
      ...meta,
      schemaVersion: "1",
    });
  });

  it("that is larger than the server allows is refused with the setting that allows it", async () => {
    const store = openStore();
    double.faults.append = exception(status.INVALID_ARGUMENT, "maximum-append-size-exceeded", {
      "maximum-append-size": "1048576",
    });
    const refused = store.append(appendOf(newStream(), NO_STREAM));
    await expect(refused).rejects.toThrow(/no append of more than 1048576 bytes.*KURRENTDB_MAX_APPEND_SIZE/);
    await expect(refused).rejects.not.toThrow(StoreUnavailable);
  });

  it("to a stream that somebody deleted is refused with its name, and not sent again and again", async () => {
    const store = openStore();
    double.faults.append = exception(status.FAILED_PRECONDITION, "stream-deleted", { "stream-name": "x-y" });
    await expect(store.append(appendOf(newStream(), NO_STREAM))).rejects.toThrow(
      "The stream x-y was deleted",
    );
    expect(double.calls.get("append")).toBe(1);
  });
});

describe("the same command of two processes that do not know of each other", () => {
  it("is appended by one, and answered to the other as what stands in the log", async () => {
    const [one, two] = [openStore(), openStore()];
    const append = appendOf(newStream(), NO_STREAM);
    const meta = { ...append.meta, fingerprint: "another wish" };
    expect((await one.append(append)).outcome).toBe("appended");
    expect(await two.append({ ...append, meta })).toMatchObject({ outcome: "duplicate", revision: 0 });
    expect((await two.readStream(append.stream, 0, 9)).map((event) => event.meta)).toEqual([append.meta]);
  });

  it("is so also for whoever follows the log", async () => {
    const [one, two] = [openStore(), openStore()];
    two.onAppended(() => undefined);
    const append = appendOf(newStream(), NO_STREAM);
    await one.append(append);
    expect((await two.append({ ...append, meta: { ...append.meta, actor: "b" } })).outcome).toBe("duplicate");
  });

  it("is each appended whole, though one sends it together with what follows", async () => {
    const store = openStore();
    const [first, second] = [appendOf("app-x", NO_STREAM), appendOf("app-x", 0)];
    await openStore().append(first);
    const results = await Promise.all([store.append(first), store.append(second)]);
    expect(results.map((result) => succeeded(result).revision)).toEqual([0, 1]);
    expect(await store.readStream("app-x", 0, 9)).toHaveLength(2);
  });
});

describe("a read", () => {
  it.each(["silent", "stuck"] as const)(
    "that is %s is given up, and let go of at the server",
    async (fault) => {
      const store = openStore();
      await store.append(appendOf("app-a", NO_STREAM, { events: many(3) }));
      double.faults.read = fault;
      await expect(store.readStream("app-a", 0, 10)).rejects.toThrow("did not answer within 300 ms");
      await expect(store.readAll(START, 10)).rejects.toThrow(StoreUnavailable);
      await until("the server was told", () => double.open() === 0);
      delete double.faults.read;
      expect(await store.readStream("app-a", 0, 10)).toHaveLength(3);
    },
  );

  it("that the server is too busy for is made again", async () => {
    const store = openStore();
    await store.append(appendOf("app-a", NO_STREAM));
    double.faults.read = unavailable;
    const reading = store.readStream("app-a", 0, 10);
    await until("it was tried", () => (double.calls.get("read") ?? 0) >= 3);
    delete double.faults.read;
    expect(await reading).toHaveLength(1);
  });

  it("asks for no more than a page", async () => {
    const store = openStore({ appendTimeoutMs: 5_000 });
    await store.append(appendOf("app-a", NO_STREAM, { events: many(2_000) }));
    expect(await store.readAll(START, 10)).toHaveLength(10);
    expect(await store.readStream("app-a", 0, 10)).toHaveLength(10);
  });
});

describe("when another node leads", () => {
  it("reads and appends go there by themselves", async () => {
    const store = openStore({ deadlineMs: 10_000 });
    await store.append(appendOf("app-a", NO_STREAM));
    const leader = await newDouble({ log: double.log });
    double.follow(leader.port);
    expect(await store.readStream("app-a", 0, 10)).toHaveLength(1);
    expect(await store.append(appendOf("app-a", 0))).toMatchObject({ revision: 1 });
    expect(leader.calls.get("append")).toBe(1);
  });

  it("nothing is lost or doubled of what is appended meanwhile, nor for those who follow", async () => {
    const nodes = [double, await newDouble({ log: double.log })] as const;
    const lead = (index: 0 | 1) => {
      for (const node of nodes)
        node.setMembers(nodes.map(({ port }, at) => ({ port, isLeader: at === index, isAlive: true })));
      nodes[index].lead();
      nodes[index === 0 ? 1 : 0].follow(nodes[index].port);
      for (const node of nodes) node.cutSubscriptions();
    };
    lead(0);
    const store = openStore(
      { deadlineMs: 20_000 },
      `kurrentdb://${nodes.map(({ port }) => `127.0.0.1:${port}`).join()}?tls=false`,
    );
    const followed = follow(store);
    for (let round = 0; round < 20; round++) {
      if (round % 5 === 4) lead(round % 2 === 0 ? 0 : 1);
      expect(await store.append(appendOf("app-a", round - 1))).toMatchObject({ revision: round });
    }
    await until("all is seen", () => followed.length === 20, 20_000);
    expect(followed).toEqual((await readLog(store)).map(({ position }) => position));
  }, 40_000);
});

describe("whoever follows the log", () => {
  it.each([
    ["the server breaks off", () => double.cutSubscriptions()],
    [
      "the server goes silent",
      () => {
        double.faults.subscription = "mute";
      },
    ],
    [
      "the server confirms nothing",
      () => {
        double.faults.subscription = "unconfirmed";
        double.cutSubscriptions();
      },
    ],
    [
      "the server refuses",
      () => {
        double.faults.subscription = denied;
        double.cutSubscriptions();
      },
    ],
  ])(
    "misses nothing and sees nothing twice, although %s",
    async (_, hurt) => {
      const writer = openStore();
      const followed = follow(openStore());
      await writer.append(appendOf("app-a", NO_STREAM));
      await until("the first is seen", () => followed.length === 1);
      hurt();
      await writer.append(appendOf("app-a", 0, { events: many(2) }));
      delete double.faults.subscription;
      await until("the others are seen", () => followed.length === 3, 20_000);
      expect(followed).toEqual((await readLog(writer)).map(({ position }) => position));
    },
    40_000,
  );

  it("goes on behind a server that was stopped and started again", async () => {
    const store = openStore({ deadlineMs: 10_000 });
    const followed = follow(store);
    await store.append(appendOf("app-a", NO_STREAM));
    await until("the first is seen", () => followed.length === 1);
    await double.stop();
    double = await newDouble({ log: double.log, port: double.port });
    expect(await store.append(appendOf("app-a", 0))).toMatchObject({ revision: 1 });
    await until("the second is seen", () => followed.length === 2, 20_000);
  }, 40_000);

  it("is given thousands of large events in their order", async () => {
    const writer = openStore({ appendTimeoutMs: 5_000 });
    const followed = follow(openStore());
    await writer.append(appendOf("app-a", NO_STREAM));
    await until("it follows", () => followed.length === 1);
    const large = "x".repeat(10_000);
    for (let round = 0; round < 10; round++) {
      const events = Array.from({ length: 100 }, () => noted(large));
      await writer.append(appendOf("app-a", round * 100, { events }));
    }
    await until("all is seen", () => followed.length === 1_001);
    expect(followed).toEqual(followed.toSorted());
  });
});

/** The positions of what a store hands over; a gap would show as a position that is not the one before. */
function follow(store: EventStore): string[] {
  const positions: string[] = [];
  store.onAppended(({ appended }) => {
    if (appended === null) return;
    if (positions.length > 0) expect(appended.after).toBe(positions.at(-1));
    positions.push(...appended.events.map(({ position }) => position));
  });
  return positions;
}

describe("over a network that fails", () => {
  it.each(["cut", "blackHole"] as const)(
    "(%s) everything has an end, and goes on when it is back",
    async (mode) => {
      const proxy = await startTcpProxy(`postgres://127.0.0.1:${double.port}/x`);
      open.push(proxy);
      const url = `kurrentdb://${new URL(proxy.url).host}?tls=false`;
      const store = openStore({ deadlineMs: 1_000 }, url);
      await store.append(appendOf("app-a", NO_STREAM));
      proxy.setMode(mode);
      await expect(store.append(appendOf("app-b", NO_STREAM))).rejects.toThrow(StoreUnavailable);
      await expect(store.readStream("app-a", 0, 1)).rejects.toThrow(StoreUnavailable);
      proxy.setMode("pass");
      await until("it appends again", async () => {
        const again = store.append(appendOf(newStream(), NO_STREAM));
        return (await again.catch(() => null))?.outcome === "appended";
      });
      expect(await store.readStream("app-a", 0, 1)).toHaveLength(1);
    },
  );
});

describe("a server that asks who we are", () => {
  const folder = mkdtempSync(join(tmpdir(), "kurrentdb-"));
  const trusted = join(folder, "ca.pem");
  const secret = join(folder, "credentials");
  writeFileSync(trusted, CERTIFICATE);
  afterAll(() => rmSync(folder, { recursive: true }));

  async function secured(password: string): Promise<(user: string) => string> {
    double = await newDouble({ hasTls: true });
    double.setUser("admin", password);
    return (user) => `kurrentdb://${user}127.0.0.1:${double.port}?tlsCAFile=${encodeURIComponent(trusted)}`;
  }

  it("is sent passwords with any character, by reads, appends and subscriptions alike", async () => {
    const password = "p@ss/w:ö%?#";
    const url = await secured(password);
    const store = openStore({}, url(`admin:${encodeURIComponent(password)}@`));
    const followed = follow(store);
    await store.append(appendOf("app-a", NO_STREAM));
    expect(await store.readStream("app-a", 0, 1)).toHaveLength(1);
    await until("it is followed", () => followed.length === 1);
  });

  it("and whose certificate nobody vouches for is not spoken to", async () => {
    await secured("secret");
    const store = openStore({}, `kurrentdb://admin:secret@127.0.0.1:${double.port}`);
    await expect(store.head()).rejects.toThrow(StoreUnavailable);
    expect(double.calls.size).toBe(0);
  });

  it.each(["admin:wrong@", ""])("says so if it refuses us (%p)", async (user) => {
    const url = await secured("secret");
    const store = openStore({ deadlineMs: 300 }, url(user));
    await expect(store.readAll(START, 1)).rejects.toThrow(
      "refuses the user's name or password, or its rights",
    );
    await expect(store.append(appendOf("app-a", NO_STREAM))).rejects.toThrow(StoreUnavailable);
  });

  it("is given new credentials as soon as their file holds them", async () => {
    const url = await secured("first");
    writeFileSync(secret, "admin:first\n");
    const store = openStore({ credentialsFile: secret, deadlineMs: 10_000 }, url(""));
    await store.append(appendOf("app-a", NO_STREAM));
    double.setUser("admin", "second");
    const waiting = store.append(appendOf("app-a", 0));
    await until("it was refused", () => (double.calls.get("append") ?? 0) > 1);
    writeFileSync(secret, "admin:second");
    expect(await waiting).toMatchObject({ revision: 1 });
  });
});

describe("in a KurrentDB that others use too", () => {
  it("their streams are none of our business, whatever stands in them", async () => {
    const store = openStore();
    for (const stream of ["orders-1", "productExperiences", "$stats", "productExperiences_log"]) {
      double.log.put(stream, { type: "Unknown", data: Buffer.from([0xff]) });
    }
    await store.append(appendOf("app-a", NO_STREAM));
    expect((await readLog(store)).map(({ stream }) => stream)).toEqual(["app-a"]);
    expect(await store.head()).toBe((await readLog(store)).at(-1)?.position);
  });

  const sound = {
    metadata: Buffer.from(
      '{"actor":"a","commandId":"c","recordedAt":"2026-01-05T10:00:00.000Z","fingerprint":"f","schemaVersion":"1"}',
    ),
    data: Buffer.from("{}"),
  };
  it.each([
    ["bad JSON", { ...sound, data: Buffer.from("{ no JSON") }],
    ["bytes that are no text", { ...sound, data: Buffer.from([0x22, 0xff, 0x22]) }],
    ["another content type", { ...sound, contentType: "application/octet-stream" }],
    ["no metadata", { ...sound, metadata: new Uint8Array() }],
    ["somebody's metadata", { ...sound, metadata: Buffer.from('{"$correlationId":"x"}') }],
  ])("%s in a stream of ours is met with its name, behind everything before it", async (_, event) => {
    const store = openStore();
    const wakes: (number | null)[] = [];
    store.onAppended(({ appended }) => wakes.push(appended?.events.length ?? null));
    const { position } = succeeded(await store.append(appendOf("app-a", NO_STREAM)));
    await until("the append is told of", () => wakes.includes(1));
    const { id } = double.log.put("productExperiences-app-a", event);
    expect(await store.readAll(START, 10)).toHaveLength(1);
    const unreadable = new RegExp(`Event ${id} \\(OrderPlaced, revision 1 of app-a in KurrentDB\\)`);
    await expect(store.readAll(position, 10)).rejects.toThrow(unreadable);
    await expect(store.readStream("app-a", 1, 10)).rejects.toThrow(unreadable);
    await expect(store.readAll(position, 10)).rejects.not.toThrow(StoreUnavailable);
    await until("whoever follows is sent to the log", () => wakes.at(-1) === null);
  });
});

describe("the identity of a log", () => {
  it("is one, whoever asks first", async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => openStore().logId()));
    expect(new Set(ids).size).toBe(1);
  });

  it("is another one after an event that says so", async () => {
    const before = await openStore().logId();
    double.log.put("productExperiences_log", { data: Buffer.from('{"logId":"another"}') });
    expect([before === "another", await openStore().logId()]).toEqual([false, "another"]);
  });

  it("is asked for again after a failure", async () => {
    const store = openStore();
    double.faults.read = denied;
    await expect(store.logId()).rejects.toThrow(StoreUnavailable);
    delete double.faults.read;
    expect(await store.logId()).not.toBe("");
  });
});
