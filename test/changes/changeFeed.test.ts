import { AppUnknown, CursorUnknown, type ChangeItem, type ChangeStart } from "../../src/changes/changeFeed";
import type { ChangeFilter } from "../../src/changes/changeFeed";
import { FOLLOW_SCAN_EVENTS } from "../../src/changes/followChanges";
import { CHECKPOINT_MS, createChangeFeed, PAGE_SCAN_EVENTS } from "../../src/changes/postgresChangeFeed";
import { silent } from "../../src/lib/logger";
import { serverSecret } from "../../src/postgres/serverSecret";
import { rebuildCommand } from "../../src/projections/rebuildCommand";
import { createWriter, seededRandom, thingsProjection } from "../projections/things";
import {
  feedFixture,
  kindsOf,
  oneByOne,
  subjectsOf,
  take,
  type FeedFixture,
  type FeedServer,
} from "./feedFixture";

describe("the change feed", () => {
  let fixture: FeedFixture;
  let server: FeedServer;
  let write: ReturnType<typeof createWriter>;
  const open: AbortController[] = [];

  beforeEach(async () => {
    fixture = await feedFixture();
    server = await fixture.startServer();
    write = createWriter(fixture.store, "shop");
  });
  afterEach(async () => {
    for (const controller of open.splice(0)) controller.abort();
    await fixture.stop();
  });

  async function make(...names: string[]): Promise<void> {
    const position = await write("ThingMade", ...names.map((name) => ({ name })));
    await server.runner.projected(position);
  }

  function follow(start: ChangeStart, filter: ChangeFilter = {}, on = server): AsyncIterator<ChangeItem> {
    const controller = new AbortController();
    open.push(controller);
    return oneByOne(on.feed.follow("shop", start, filter, controller.signal));
  }
  const page = (start: ChangeStart, filter: ChangeFilter = {}, first = 100) =>
    server.feed.page("shop", start, filter, first);
  const BEGINNING = { startAt: "BEGINNING" } as const;
  const NOW = { startAt: "NOW" } as const;

  describe("as pages", () => {
    it("gives everything in order, page by page, each event once", async () => {
      await make("a", "b", "c", "d", "e");
      const first = await page(BEGINNING, {}, 2);
      const second = await page({ after: first.endCursor }, {}, 2);
      const third = await page({ after: second.endCursor }, {}, 2);
      const names = [first, second, third].map(({ items }) => subjectsOf(items));
      expect(names).toEqual([
        ["thing_shop_a", "thing_shop_b"],
        ["thing_shop_c", "thing_shop_d"],
        ["thing_shop_e"],
      ]);
      expect([first, second, third].map(({ hasMore }) => hasMore)).toEqual([true, true, false]);
      expect(await page({ after: third.endCursor })).toEqual({
        items: [],
        endCursor: third.endCursor,
        hasMore: false,
      });
    });

    it("gives an event in the fields of CloudEvents with actor, before and after", async () => {
      await make("a");
      const { items } = await page(BEGINNING);
      expect(items).toEqual([
        {
          cursor: expect.any(String),
          kind: "EVENT",
          texts: {
            before: null,
            after: `{"name":"a","size":0,"touchedAt":"2026-01-01T00:00:00.000Z"}`,
          },
          event: {
            id: expect.stringMatching(/^[0-9a-f-]{36}$/),
            type: "ThingMade",
            source: "/apps/shop",
            dataschema: "/events/ThingMade.v1.schema.json",
            sequence: "00000000000000000000",
            subject: "thing_shop_a",
            entityKind: "Thing",
            time: "2026-01-01T00:00:00.000Z",
            actor: "tester",
            note: "",
            environment: null,
            before: null,
            after: { name: "a", size: 0, touchedAt: "2026-01-01T00:00:00.000Z" },
          },
        },
      ]);
    });

    it("starts with the first event at or after an instant", async () => {
      for (const name of ["a", "b", "c"]) await make(name);
      const since = (time: string) => page({ since: time }).then(({ items }) => subjectsOf(items));
      expect(await since("2026-01-01T00:00:01.000Z")).toEqual(["thing_shop_b", "thing_shop_c"]);
      expect(await since("2026-01-01T00:00:01.001Z")).toEqual(["thing_shop_c"]);
      expect(await since("2000-01-01T00:00:00.000Z")).toHaveLength(3);
      expect(await since("2030-01-01T00:00:00.000Z")).toEqual([]);
    });

    it("lets through what fits all lists of the filter, and moves the end behind what it keeps back", async () => {
      await make("a", "b");
      await server.runner.projected(
        await write("ThingGrown", { name: "a", size: 1 }, { name: "b", size: 1 }),
      );
      const types = async (filter: ChangeFilter) =>
        (await page(BEGINNING, filter)).items.map(({ event }) => `${event?.type} ${event?.subject}`);
      expect(await types({ types: ["ThingGrown"], entities: ["thing_shop_a"] })).toEqual([
        "ThingGrown thing_shop_a",
      ]);
      expect(await types({ kinds: ["Thing"] })).toHaveLength(4);
      expect(await types({ kinds: ["Key"] })).toEqual([]);
      expect(await types({ types: [] })).toEqual([]);
      const nothing = await page(BEGINNING, { kinds: ["Key"] });
      expect((await page({ after: nothing.endCursor })).items).toEqual([]);
    });

    it("lets what concerns all environments pass every choice of environments", async () => {
      await make("a", "b", "c");
      await fixture.database.query("update models.changes set environment = 'staging' where revision = 1");
      await fixture.database.query("update models.changes set environment = 'production' where revision = 2");
      const { items } = await page(BEGINNING, { environments: ["production"] });
      expect(subjectsOf(items)).toEqual(["thing_shop_a", "thing_shop_c"]);
    });

    it("looks at only so many events for a tag, and says that there are more", async () => {
      await make("a");
      // One event, further ahead than a page looks.
      await fixture.database.query("update models.changes set revision = $1", [PAGE_SCAN_EVENTS]);
      const first = await page(BEGINNING, { tags: ["t"] });
      expect([first.items, first.hasMore]).toEqual([[], true]);
      const second = await page({ after: first.endCursor }, { tags: ["t"] });
      expect([second.items, second.hasMore]).toEqual([[], false]);
    });

    it("refuses an app that does not exist", async () => {
      await expect(server.feed.page("nowhere", NOW, {}, 1)).rejects.toThrow(AppUnknown);
    });
  });

  describe("for a cursor that it cannot know", () => {
    it("refuses one past the end of the log, as after a restored backup", async () => {
      await make("a", "b");
      const { endCursor } = await page(NOW);
      await fixture.database.query("delete from models.changes where revision = 1");
      await expect(page({ after: endCursor })).rejects.toThrow(/past the end.*Resync/);
      await expect(follow({ after: endCursor }).next()).rejects.toThrow(CursorUnknown);
    });

    it("refuses one of another log, of another app, and a forged one", async () => {
      await make("a");
      const other = await fixture.startServer({ logId: "another log" });
      const { endCursor } = await page(NOW);
      await expect(other.feed.page("shop", { after: endCursor }, {}, 1)).rejects.toThrow(CursorUnknown);
      await expect(server.feed.page("blog", { after: endCursor }, {}, 1)).rejects.toThrow(CursorUnknown);
      const forged = (endCursor.startsWith("A") ? "B" : "A") + endCursor.slice(1);
      await expect(page({ after: forged })).rejects.toThrow(CursorUnknown);
    });

    it("accepts one that another server on the same database made", async () => {
      await make("a");
      const other = await fixture.startServer();
      const { endCursor } = await other.feed.page("shop", NOW, {}, 1);
      await make("b");
      expect(subjectsOf((await page({ after: endCursor })).items)).toEqual(["thing_shop_b"]);
    });
  });

  describe("followed", () => {
    it("replays, says once that it has caught up, and goes on live", async () => {
      await make("a", "b");
      const stream = follow(BEGINNING);
      expect(kindsOf(await take(stream, 3))).toEqual(["EVENT", "EVENT", "CAUGHT_UP"]);
      const next = take(stream, 2);
      await make("c", "d");
      expect(subjectsOf(await next)).toEqual(["thing_shop_c", "thing_shop_d"]);
    });

    it("starts at now with a checkpoint, from which it can be resumed", async () => {
      await make("a");
      const stream = follow(NOW);
      const [start] = await take(stream, 1);
      expect(start?.kind).toBe("CHECKPOINT");
      await make("b");
      const resumed = follow({ after: start?.cursor ?? "" });
      expect(subjectsOf(await take(resumed, 2))).toEqual(["thing_shop_b"]);
    });

    it("says a checkpoint at the latest after 15 seconds of silence, and not before", async () => {
      await make("a");
      const stream = follow(BEGINNING);
      await take(stream, 2);
      const next = take(stream, 1);
      server.advanceMs(CHECKPOINT_MS - 1);
      await make("b");
      expect(kindsOf(await next)).toEqual(["EVENT"]);
      const silence = take(stream, 1);
      server.advanceMs(CHECKPOINT_MS);
      expect(kindsOf(await silence)).toEqual(["CHECKPOINT"]);
    });

    it("advances by checkpoints where a narrow filter keeps everything back", async () => {
      const names = Array.from({ length: 2 * FOLLOW_SCAN_EVENTS + 10 }, (_, index) => `t${index}`);
      await make(...names);
      const stream = follow(BEGINNING, { entities: ["thing_shop_none"] });
      const items = await take(stream, 3);
      expect(kindsOf(items)).toEqual(["CHECKPOINT", "CHECKPOINT", "CAUGHT_UP"]);
      await make("last");
      const rest = await page({ after: items[1]?.cursor ?? "" }, {}, 1_000);
      expect(rest.items).toHaveLength(11);
    });

    it("ends at once when its consumer goes, also while it waits", async () => {
      await make("a");
      const controller = new AbortController();
      const stream = oneByOne(server.feed.follow("shop", BEGINNING, {}, controller.signal));
      await take(stream, 2);
      const waiting = stream.next();
      controller.abort();
      expect((await waiting).done).toBe(true);
    });

    it("reads nothing ahead of its consumer but a page", async () => {
      await make(...Array.from({ length: 500 }, (_, index) => `t${index}`));
      let reads = 0;
      const { database } = server;
      const feed = createChangeFeed({
        database: {
          ...database,
          query: (text, parameters, name) => {
            if (name === "changes.readChanges") reads++;
            return database.query(text, parameters, name);
          },
        },
        logId: await fixture.store.logId(),
        secret: await serverSecret(database, "cursors"),
        onProjected: () => () => undefined,
      });
      const stream = oneByOne(feed.follow("shop", BEGINNING, {}, new AbortController().signal));
      await take(stream, 100);
      expect(reads).toBe(1);
      await take(stream, 1);
      expect(reads).toBe(2);
      await stream.return(undefined);
    });

    it("has no gap and no duplicate while writers write and consumers reconnect at random", async () => {
      const other = await fixture.startServer();
      const random = seededRandom(11);
      const total = 600;
      // The app must exist before anybody can follow it.
      await make("t0");
      const consumers = Array.from({ length: 3 }, () => consume(total));

      async function consume(count: number): Promise<{ seen: string[]; reconnects: number }> {
        const seen: string[] = [];
        let start: ChangeStart = BEGINNING;
        let reconnects = -1;
        while (seen.length < count) {
          reconnects++;
          const stream = follow(start, {}, random() < 0.5 ? server : other);
          const untilThen = seen.length + 1 + Math.floor(random() * 40);
          while (seen.length < Math.min(untilThen, count)) {
            const [item] = await take(stream, 1);
            start = { after: item?.cursor ?? "" };
            if (item?.event) seen.push(`${item.event.sequence} ${item.event.id}`);
          }
          await stream.return?.();
        }
        return { seen, reconnects };
      }

      for (let written = 1; written < total;) {
        const count = Math.min(1 + Math.floor(random() * 5), total - written);
        const names = Array.from({ length: count }, (_, index) => ({ name: `t${written + index}` }));
        const position = await write("ThingMade", ...names);
        written += count;
        if (random() < 0.5) await (random() < 0.5 ? server : other).runner.projected(position);
      }
      const results = await Promise.all(consumers);
      const { items } = await page(BEGINNING, {}, 1_000);
      const expected = items.map(({ event }) => `${event?.sequence} ${event?.id}`);
      expect(expected).toHaveLength(total);
      for (const { seen, reconnects } of results) {
        expect(seen).toEqual(expected);
        expect(reconnects).toBeGreaterThanOrEqual(20);
      }
    });

    it("survives a rebuild: the same cursors, the same items, and live again", async () => {
      await make("a", "b", "c");
      const before = await page(BEGINNING);
      const stream = follow(BEGINNING);
      await take(stream, 4);
      await rebuildCommand({
        store: fixture.store,
        database: server.database,
        projections: [thingsProjection],
        logger: silent,
      });
      expect(await page(BEGINNING)).toEqual(before);
      const next = take(stream, 1);
      await make("d");
      expect(subjectsOf(await next)).toEqual(["thing_shop_d"]);
    });
  });
});
