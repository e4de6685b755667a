import "reflect-metadata";
import { acknowledge, app, codes, create, first, instance, makeKey, mutate } from "./consumers";
import { second, shown, useTwoServers } from "./consumers";

useTwoServers();

describe("where a consumer stands", () => {
  it("shows how far it is behind, and who works for it", async () => {
    await create();
    await makeKey("a");
    const one = instance(first, { instance: "cache-1" });
    const item = await one.event();
    expect(await shown(second)).toMatchObject({
      partitions: [{ number: 0, lagEvents: 3, holder: "cache-1" }],
    });
    await acknowledge(item);
    const behind = await shown();
    expect(behind).toMatchObject({ partitions: [{ lagEvents: 2, cursor: item.cursor }] });
    expect(behind?.partitions[0]?.lagSeconds).toBeGreaterThan(0);
    await one.event();
    await acknowledge(await one.event());
    expect(await shown()).toMatchObject({ partitions: [{ lagEvents: 0, lagSeconds: 0 }] });
  });

  it("can be reset to any place, which whoever works for it is told", async () => {
    await create();
    const one = instance(first);
    const [created] = [await one.event(), await one.event()];
    const last = await one.item();
    expect(await acknowledge(last)).toEqual([]);
    expect(await codes(mutate("resetConsumer", { after: created?.cursor }))).toEqual([]);
    expect(await acknowledge(last)).toEqual(["LEASE_LOST"]);
    expect(await one.refusal()).toBe("LEASE_LOST");
    expect((await instance(second).event()).event?.sequence).toBe("00000000000000000001");
  });

  it("can be reset to a time, and deleted", async () => {
    await create({ startAt: "NOW" });
    expect(await shown()).toMatchObject({ partitions: [{ lagEvents: 0 }] });
    await mutate("resetConsumer", { since: "2020-01-01T00:00:00Z" });
    expect(await shown()).toMatchObject({ partitions: [{ lagEvents: 2 }] });
    expect(await codes(mutate("deleteConsumer", {}))).toEqual([]);
    expect(await shown()).toBeNull();
    expect(await codes(mutate("deleteConsumer", {}))).toEqual(["NOT_FOUND"]);
    expect(await codes(mutate("resetConsumer", {}))).toEqual(["NOT_FOUND"]);
    expect(await instance(first).refusal()).toBe("NOT_FOUND");
  });

  it("lists the consumers of an app by name", async () => {
    for (const name of ["b", "a", "c"]) await create({ name });
    const data = await first.send(
      `{ consumers(app: "${app}", first: 2) { nodes { name } totalCount pageInfo { hasNextPage endCursor } } }`,
    );
    expect(data).toMatchObject({
      consumers: { nodes: [{ name: "a" }, { name: "b" }], totalCount: 3, pageInfo: { hasNextPage: true } },
    });
    const end = first.read(data, "consumers.pageInfo.endCursor");
    const rest = await first.send(`{ consumers(app: "${app}", after: "${end}") { nodes { name } } }`);
    expect(rest).toEqual({ consumers: { nodes: [{ name: "c" }] } });
  });
});
