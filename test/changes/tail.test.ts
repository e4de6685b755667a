import type { ChangeFilter, ChangeItem, ChangeStart } from "../../src/changes/changeFeed";
import { createRing, RING_CHARACTERS_MAX, type Recent } from "../../src/changes/ring";
import { createWriter, recorded, seededRandom } from "../projections/things";
import { feedFixture, oneByOne, take, type FeedFixture, type FeedServer } from "./feedFixture";

describe("the tail that all followers of an app have in common", () => {
  let fixture: FeedFixture;
  let server: FeedServer;
  let write: ReturnType<typeof createWriter>;
  const open: AbortController[] = [];

  beforeEach(async () => {
    fixture = await feedFixture();
    write = createWriter(fixture.store, "shop");
  });
  afterEach(async () => {
    for (const controller of open.splice(0)) controller.abort();
    await fixture.stop();
  });

  async function grow(name: string, count: number): Promise<void> {
    const position = await write(
      "ThingGrown",
      ...Array.from({ length: count }, (_, size) => ({ name, size })),
    );
    await server.runner.projected(position);
  }

  function follow(start: ChangeStart, filter: ChangeFilter = {}): AsyncIterator<ChangeItem> {
    const controller = new AbortController();
    open.push(controller);
    return oneByOne(server.feed.follow("shop", start, filter, controller.signal));
  }

  const untilCaughtUp = async (stream: AsyncIterator<ChangeItem>): Promise<void> => {
    while ((await take(stream, 1))[0]?.kind !== "CAUGHT_UP");
  };

  it("reads an event once for all who are at the head, and hands all of them the same item", async () => {
    server = await fixture.startServer();
    await server.runner.projected(await write("ThingMade", { name: "a" }));
    const streams = Array.from({ length: 20 }, () => follow({ startAt: "NOW" }));
    for (const stream of streams) await untilCaughtUp(stream);
    // The tail is sure to have begun when something came by it.
    await grow("a", 1);
    for (const stream of streams) await take(stream, 1);
    const before = server.reads();
    await grow("a", 3);
    const taken = await Promise.all(streams.map((stream) => take(stream, 3)));
    expect(server.reads() - before).toBeLessThanOrEqual(3);
    for (const items of taken) items.forEach((item, index) => expect(item).toBe(taken[0]?.[index]));
  });

  it("goes on soon when the answer to its query never comes", async () => {
    server = await fixture.startServer({ lookMsMax: 50 });
    await server.runner.projected(await write("ThingMade", { name: "a" }));
    const stream = follow({ startAt: "NOW" });
    await untilCaughtUp(stream);
    // Once something came by the tail, the follower reads nothing for itself.
    await grow("a", 1);
    await take(stream, 1);
    server.swallowNext();
    await grow("a", 3);
    expect(await sequences(stream, 3)).toEqual([2, 3, 4]);
  });

  it("reads the table for who has fallen behind the ring, and for who begins in the past", async () => {
    server = await fixture.startServer({ ringEventsMax: 8 });
    await server.runner.projected(await write("ThingMade", { name: "a" }));
    const slow = follow({ startAt: "NOW" });
    await untilCaughtUp(slow);
    await grow("a", 30);
    const before = server.reads();
    expect(await sequences(slow, 30)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(await sequences(follow({ startAt: "BEGINNING" }), 31)).toHaveLength(31);
    expect(server.reads()).toBeGreaterThan(before);
  });

  it("has no gap and no double at the seam of ring and table, whoever takes and writes whenever", async () => {
    server = await fixture.startServer({ ringEventsMax: 8 });
    for (const name of NAMES) await server.runner.projected(await write("ThingMade", { name }));
    for (const seed of [1, 2, 3]) await interleave(seededRandom(seed));
  });

  const NAMES = ["a", "b", "c"];
  const FILTERS: readonly ChangeFilter[] = [
    {},
    { entities: ["thing_shop_b"] },
    { types: ["ThingGrown"], partition: { number: 0, of: 2 } },
    { partition: { number: 1, of: 2 } },
    { kindsWithheld: ["Thing"] },
    { kinds: ["Thing"], environments: ["production"] },
  ];

  /** Everybody sees what a page of the table says that they should see, having taken at random moments. */
  async function interleave(random: () => number): Promise<void> {
    const { endCursor } = await server.feed.page("shop", { startAt: "NOW" }, {}, 1);
    const followers = FILTERS.map((filter) => ({
      filter,
      stream: follow({ after: endCursor }, filter),
      seen: [] as number[],
    }));
    const expectedBy = async (filter: ChangeFilter) => {
      const { items } = await server.feed.page("shop", { after: endCursor }, filter, 1_000);
      return items.map(({ event }) => Number(event?.sequence));
    };
    for (let step = 0; step < 60; step++) {
      if (random() < 0.5) {
        await grow(NAMES[Math.floor(random() * NAMES.length)] ?? "a", 1 + Math.floor(random() * 12));
        continue;
      }
      const follower = followers[Math.floor(random() * followers.length)];
      if (!follower) continue;
      const { filter, stream, seen } = follower;
      const waiting = (await expectedBy(filter)).length - seen.length;
      seen.push(...(await sequences(stream, Math.floor(random() * (waiting + 1)))));
    }
    for (const { filter, stream, seen } of followers) {
      const expected = await expectedBy(filter);
      seen.push(...(await sequences(stream, expected.length - seen.length)));
      expect(seen).toEqual(expected);
    }
  }

  /** The places of the next events of a stream. */
  async function sequences(stream: AsyncIterator<ChangeItem>, count: number): Promise<number[]> {
    const found: number[] = [];
    while (found.length < count) {
      const [item] = await take(stream, 1);
      if (item?.event) found.push(Number(item.event.sequence));
    }
    return found;
  }
});

describe("a ring", () => {
  const recent = (revision: number, characters = 1): Recent => ({
    row: { ...recorded("ThingMade", {}, revision), revision } as unknown as Recent["row"],
    item: { cursor: String(revision), kind: "CHECKPOINT", event: null },
    characters,
  });
  const revisions = (newest: readonly Recent[] | null) => newest?.map(({ row }) => row.revision) ?? null;

  it("says that it does not have what it has given up, or never had", () => {
    const ring = createRing(4, 8);
    expect(ring.after(3, 10)).toBeNull();
    expect(ring.after(4, 10)).toEqual([]);
    for (let revision = 5; revision < 30; revision++) ring.add([recent(revision)], revision);
    expect(ring.after(ring.from - 1, 10)).toBeNull();
    expect(revisions(ring.after(ring.from, 3))).toEqual([ring.from + 1, ring.from + 2, ring.from + 3]);
    expect(revisions(ring.after(27, 10))).toEqual([28, 29]);
    expect(ring.to - ring.from).toBeLessThanOrEqual(8);
  });

  it("keeps no more characters than it may, however few events that are", () => {
    const ring = createRing(-1);
    ring.add([recent(0, RING_CHARACTERS_MAX), recent(1, 10)], 1);
    expect(revisions(ring.after(0, 10))).toEqual([1]);
    expect(ring.after(-1, 10)).toBeNull();
  });

  it("knows nothing of what was before it began anew", () => {
    const ring = createRing(-1);
    ring.add([recent(0)], 0);
    ring.restart(50);
    expect(ring.after(0, 10)).toBeNull();
    expect(ring.after(50, 10)).toEqual([]);
  });
});
