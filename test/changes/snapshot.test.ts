import "reflect-metadata";
import fc from "fast-check";
import { SNAPSHOT_PAGE_SIZE_MAX } from "../../src/changes/snapshot.graphql";
import { makeToken } from "../access/tokens";
import { startTestServer, type TestServer } from "../support/wholeServer";

type Item = { subject: string; entityKind: string; sequence: string; after: unknown };
type Part = { items: Item[]; cursor: string; next: string | null };
type Snapshot = { items: Item[]; cursor: string };
type Event = { subject: string; sequence: string; after: unknown };

const SNAPSHOT = `query($app: String!, $after: String, $first: Int!, $kinds: [String!]) {
  snapshot(app: $app, after: $after, first: $first, kinds: $kinds) { items { subject entityKind sequence after } cursor next }
}`;

let server: TestServer;
let other: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  other = await startTestServer({ on: server });
});
afterAll(async () => {
  await other.stop();
  await server.stop();
});

/** All parts, with a pause before each in which others write. */
async function snapshotOf(app: string, first: number, more: object = {}, from = server): Promise<Snapshot> {
  const items: Item[] = [];
  for (let after: string | null = null; ;) {
    const part: Part = from.read(await from.send(SNAPSHOT, { app, after, first, ...more }), "snapshot");
    expect(part.items.length).toBeLessThanOrEqual(first);
    items.push(...part.items);
    if (part.next === null) return { items, cursor: part.cursor };
    after = part.next;
  }
}

async function eventsFrom(app: string, start: string): Promise<Event[]> {
  const data = await server.send(
    `{ changes(app: "${app}", ${start}, first: 1000) { items { event { subject sequence after } } hasMore } }`,
  );
  expect(server.read(data, "changes.hasMore")).toBe(false);
  return server.read<{ event: Event }[]>(data, "changes.items").map(({ event }) => event);
}

/** What a service has that started from a state and applied what came later. */
function applied(items: readonly Item[], events: readonly Event[]): ReadonlyMap<string, unknown> {
  const state = new Map(items.map(({ subject, after }) => [subject, after]));
  for (const { subject, after } of events) state.set(subject, after);
  return sorted([...state].filter(([, after]) => after !== null));
}
const sorted = (entries: [string, unknown][]) => new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));

async function fill(app: string, keys: number): Promise<void> {
  await server.send(
    `mutation { createApp(input: { slug: "${app}", name: "Shop" }) { errors { code message } } }`,
  );
  for (let key = 0; key < keys; key++) await makeKey(app, `k${key}`);
}
const makeKey = (app: string, name: string, at = server) =>
  at.send(
    `mutation { createKey(input: { app: "${app}", name: "${name}", type: STRING, defaultValue: "" }) { errors { code } } }`,
  );
const editKey = (app: string, name: string, value: string, at = server) =>
  at.send(
    `mutation { editKey(input: { app: "${app}", name: "${name}", defaultValue: "${value}" }) { errors { code } } }`,
  );
const makeConfig = (app: string, key: string, at = server) =>
  at.send(
    `mutation { createConfig(input: { app: "${app}", name: "of ${key}", keys: ["${key}"], rules: [{ values: [{ key: "${key}", value: "x" }] }] }) { errors { code } } }`,
  );

describe("a snapshot", () => {
  it("and the changes after its cursor are what there is in the end, whoever writes meanwhile", async () => {
    await fill("raced", 6);
    let isWriting = true;
    const writing = [server, other].map(async (at, writer) => {
      for (let round = 0; isWriting && round < 100; round++) {
        await editKey("raced", `k${round % 6}`, `${writer} ${round}`, at);
        if (round % 3 === 0) await makeKey("raced", `more_${writer}_${round}`, at);
        if (round % 5 === 0) await makeConfig("raced", `k${round % 6}`, at);
      }
    });
    const taken: Snapshot[] = [];
    for (let round = 0; round < 15; round++) {
      taken.push(await snapshotOf("raced", 1 + (round % 7), {}, round % 2 === 0 ? server : other));
    }
    isWriting = false;
    await Promise.all(writing);
    const last = await snapshotOf("raced", SNAPSHOT_PAGE_SIZE_MAX);
    const expected = applied(last.items, []);
    expect(applied([], await eventsFrom("raced", "startAt: BEGINNING"))).toEqual(expected);
    for (const { items, cursor } of taken) {
      expect(applied(items, await eventsFrom("raced", `after: "${cursor}"`))).toEqual(expected);
    }
    expect(new Set(taken.map(({ cursor }) => cursor)).size).toBeGreaterThan(1);
  }, 60_000);

  it("is the same in parts of any size", async () => {
    await fill("parted", 5);
    await makeConfig("parted", "k1");
    const whole = await snapshotOf("parted", SNAPSHOT_PAGE_SIZE_MAX);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), async (first) => {
        expect(await snapshotOf("parted", first)).toEqual(whole);
      }),
      { numRuns: 8 },
    );
    expect(new Set(whole.items.map(({ entityKind }) => entityKind))).toEqual(
      new Set(["App", "Environment", "Key", "Config"]),
    );
  });

  it("has each thing as the feed has it, the contents of versions included", async () => {
    await fill("alike", 1);
    await makeConfig("alike", "k0");
    const { items } = await snapshotOf("alike", 100);
    const events = await eventsFrom("alike", "startAt: BEGINNING");
    for (const { subject, sequence, after } of items) {
      expect(events.findLast((event) => event.subject === subject)).toEqual({ subject, sequence, after });
    }
  });

  it("gives only the kinds that are asked for", async () => {
    await fill("narrow", 3);
    const { items } = await snapshotOf("narrow", 2, { kinds: ["Key"] });
    expect(items.map(({ after }) => (after as { name: string }).name).sort()).toEqual(["k0", "k1", "k2"]);
  });

  it("shows tokens to administrators alone", async () => {
    await fill("guarded", 1);
    const { secret } = await makeToken(server, { name: "cache", app: "guarded", kind: "SERVER" });
    const kindsFor = async (bearer: string) => {
      const { body } = await server.post(
        { query: SNAPSHOT, variables: { app: "guarded", first: 100 } },
        { authorization: `Bearer ${bearer}` },
      );
      return new Set(server.read<Item[]>(body.data, "snapshot.items").map(({ entityKind }) => entityKind));
    };
    expect(await kindsFor(server.token)).toContain("Token");
    expect(await kindsFor(secret)).not.toContain("Token");
  });

  it.each([
    ["an app that there is not", { app: "nowhere" }, "NOT_FOUND"],
    ["no things at all", { first: 0 }, "BAD_USER_INPUT"],
    ["more than a part may have", { first: SNAPSHOT_PAGE_SIZE_MAX + 1 }, "BAD_USER_INPUT"],
    ["a kind that there is not", { kinds: ["Thing"] }, "BAD_USER_INPUT"],
    ["what is not the end of a part", { after: "forged.e30" }, "CURSOR_UNKNOWN"],
  ])("is refused for %s", async (_, wrong, code) => {
    const { body } = await server.post({
      query: SNAPSHOT,
      variables: { app: "raced", first: 10, ...wrong },
    });
    expect(body.errors?.map(({ extensions }) => extensions?.["code"])).toEqual([code]);
  });
});
