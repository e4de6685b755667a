import "reflect-metadata";
import { makeToken } from "../access/tokens";
import { acknowledge, acknowledgeFreely, app, codes, create, first, instance } from "./consumers";
import { letLeaseRunOut, makeKey, mutate, second, shown, untilNobodyWorks, useTwoServers } from "./consumers";

useTwoServers();

describe("acknowledging", () => {
  it("goes on behind what was acknowledged, on any server", async () => {
    await create();
    await makeKey("a");
    const one = instance(first);
    const created = await one.event();
    const environment = await one.event();
    expect(await acknowledge(created)).toEqual([]);
    await one.close();
    await untilNobodyWorks();
    const other = instance(second);
    expect(await other.event()).toMatchObject({ event: environment.event });
  });

  it("is acknowledged forwards alone, and a repeat is harmless", async () => {
    await create();
    const one = instance(first);
    const [earlier, later] = [await one.event(), await one.event()];
    expect(await acknowledge(later)).toEqual([]);
    expect(await acknowledge(later)).toEqual([]);
    expect(await acknowledge(earlier)).toEqual(["CURSOR_BEHIND"]);
  });

  it("is for the tokens of servers to follow and to acknowledge", async () => {
    await create();
    const { secret } = await makeToken(first, { name: "cache", app, kind: "SERVER" });
    const { cursor, lease } = await instance(first, {}, secret).event();
    const { body } = await first.post(
      {
        query: "mutation($input: AckChangesInput!) { r: ackChanges(input: $input) { errors { code } } }",
        variables: { input: { app, consumer: "cache", cursor, lease } },
      },
      { authorization: `Bearer ${secret}` },
    );
    expect(body).toEqual({ data: { r: { errors: [] } } });
  });
});

/** Cursors of all that the app's feed has, as a page gives them. */
async function pageCursors(): Promise<string[]> {
  const data = await first.send(`{ changes(app: "${app}", startAt: BEGINNING) { items { cursor } } }`);
  return first.read<{ cursor: string }[]>(data, "changes.items").map(({ cursor }) => cursor);
}

describe("acknowledging without a lease", () => {
  it("keeps the cursor of who reads page by page, and says what is left", async () => {
    await create();
    await makeKey("a");
    const [one, two] = await pageCursors();
    expect(await shown()).toMatchObject({ lag: 3 });
    expect(await acknowledgeFreely(two)).toEqual([]);
    expect(await acknowledgeFreely(two)).toEqual([]);
    expect(await shown(second)).toMatchObject({ cursor: two, lag: 1 });
    expect(await acknowledgeFreely(one)).toEqual(["CURSOR_BEHIND"]);
    expect(await shown()).toMatchObject({ cursor: two, lag: 1 });
  });

  it("is refused while an instance has the lease, and counts when that is gone", async () => {
    await create();
    const one = instance(first);
    const { cursor } = await one.event();
    expect(await acknowledgeFreely(cursor)).toEqual(["LEASE_LOST"]);
    await one.close();
    await untilNobodyWorks();
    expect(await acknowledgeFreely(cursor)).toEqual([]);
  });

  it("takes a lease that has run out from its holder for good", async () => {
    await create();
    const one = instance(first);
    const [item, next] = [await one.event(), await one.event()];
    await letLeaseRunOut();
    expect(await acknowledgeFreely(item.cursor)).toEqual([]);
    expect(await acknowledge(next)).toEqual(["LEASE_LOST"]);
    expect(await one.refusal()).toBe("LEASE_LOST");
  });

  it("counts in all partitions, or in none if one is further or held", async () => {
    await create({ partitions: 2 });
    const [one, two] = await pageCursors();
    const held = instance(first);
    const { lease } = await held.item();
    expect(await acknowledgeFreely(one)).toEqual(["LEASE_LOST"]);
    expect(await codes(mutate("ackChanges", { cursor: two, lease }))).toEqual([]);
    await held.close();
    await untilNobodyWorks();
    expect(await acknowledgeFreely(one)).toEqual(["CURSOR_BEHIND"]);
    expect((await shown())?.partitions.map(({ lagEvents }) => lagEvents)).toEqual([0, 2]);
    expect(await shown()).toMatchObject({ lag: 2 });
    expect(await acknowledgeFreely(two)).toEqual([]);
    expect(await shown()).toMatchObject({ cursor: two, lag: 0 });
  });

  it.each([
    ["a consumer that there is not", { consumer: "nobody" }],
    ["one that there is not, by a lease", { consumer: "nobody", lease: "0-1" }],
  ])("refuses %s by its name", async (_, wrong) => {
    await create();
    const [cursor] = await pageCursors();
    const { errors } = await mutate("ackChanges", { cursor, ...wrong });
    expect(errors).toEqual([{ code: "NOT_FOUND", path: ["consumer"] }]);
  });
});
