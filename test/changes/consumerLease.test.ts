import "reflect-metadata";
import { createDatabase } from "../../src/postgres/pool";
import { until } from "../support/until";
import { acknowledge, app, create, fenceOf, first, instance, letLeaseRunOut, makeKey } from "./consumers";
import { second, untilNobodyWorks, useTwoServers, waiting, type Item } from "./consumers";

useTwoServers();

describe("the instances of a consumer", () => {
  it("has one instance at a time; another one is refused until that one ends", async () => {
    await create();
    const one = instance(first);
    await one.item();
    expect(await instance(second).refusal()).toBe("CONSUMER_BUSY");
    await one.close();
    await untilNobodyWorks();
    expect((await instance(second).item()).kind).toBe("CHECKPOINT");
  });

  it("is another instance's when the lease has run out: the first can neither acknowledge nor go on", async () => {
    await create();
    const one = instance(first);
    const item = await one.event();
    await letLeaseRunOut();
    const other = instance(second);
    const same = await other.event();
    expect(same.event).toEqual(item.event);
    expect(await acknowledge(item)).toEqual(["LEASE_LOST"]);
    expect(await acknowledge(same, second)).toEqual([]);
    expect(await one.refusal()).toBe("LEASE_LOST");
  });

  it("spreads over instances by thing: each change comes to one of them, and those of a thing in order", async () => {
    await create({ partitions: 3 });
    for (let key = 0; key < 12; key++) await makeKey(`k${key}`);
    for (let key = 0; key < 12; key++)
      await first.send(
        `mutation { editKey(input: { app: "${app}", name: "k${key}", description: "again" }) { errors { code } } }`,
      );
    const received = await Promise.all(
      [first, second, first].map(async (at) => {
        const one = instance(at);
        const events: NonNullable<Item["event"]>[] = [];
        for (let item = await one.item(); item.kind !== "CAUGHT_UP"; item = await one.item()) {
          if (item.event) events.push(item.event);
        }
        return events;
      }),
    );
    expect(await instance(second).refusal()).toBe("CONSUMER_BUSY");
    const all = received.flat().map(({ sequence }) => Number(sequence));
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 26 }, (_, index) => index));
    expect(received.filter((events) => events.length > 0).length).toBeGreaterThan(1);
    const owners = received.map((events) => new Set(events.map(({ subject }) => subject)));
    expect(owners.reduce((sum, { size }) => sum + size, 0)).toBe(
      new Set(received.flat().map((e) => e.subject)).size,
    );
    for (const events of received) {
      const sequences = events.map(({ sequence }) => sequence);
      expect(sequences).toEqual([...sequences].sort());
    }
  });

  it("is nobody's when who asked for it went before the first item was there", async () => {
    await create();
    const gone = new AbortController();
    const database = createDatabase(first.databaseUrl, { connectionsMax: 2 });
    await database.transaction(async (connection) => {
      await connection.query("lock table server.consumer_partitions in access exclusive mode");
      const asked = fetch(`${first.address}/changes?app=${app}&consumer=cache`, {
        headers: { authorization: `Bearer ${first.token}` },
        signal: gone.signal,
      }).catch(() => null);
      await until("the server waits for a partition", async () => (await waiting(database)) > 0);
      gone.abort();
      await asked;
      // What is answered later was asked later: the server has seen that the other one went.
      await first.send("{ __typename }");
    });
    await until("a partition was taken and given up", async () => (await fenceOf(database)) === 2);
    await database.close();
  });

  it("is followed as server-sent events too", async () => {
    const at = `${first.address}/changes?app=${app}&consumer=cache`;
    const headers = { authorization: `Bearer ${first.token}` };
    expect((await fetch(at, { headers })).status).toBe(404);
    await create();
    const one = await fetch(at, { headers });
    expect(one.status).toBe(200);
    expect((await fetch(at, { headers })).status).toBe(409);
    await one.body?.cancel();
  });
});
