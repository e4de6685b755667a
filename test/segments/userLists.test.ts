import {
  loadUserLists,
  readUserList,
  saveUserList,
  saveUserLists,
  unknownUserLists,
  userListReference,
} from "../../src/audience/userLists";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { prepareCondition } from "../../src/segments/conditionLists";
import { freshDatabase } from "../support/postgres";

describe("lists of user ids", () => {
  let server: Awaited<ReturnType<typeof freshDatabase>>;
  let database: Database;
  beforeAll(async () => {
    server = await freshDatabase({ migrated: true });
    database = createDatabase(server.url);
  });
  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  const load = async (app: string, ...lists: string[]) =>
    Object.fromEntries(
      [...(await loadUserLists(database, app, lists))].map(([list, ids]) => [list, [...ids].sort()]),
    );

  it("are named by their distinct ids, whatever the order", () => {
    expect(userListReference(["b", "a", "b"])).toEqual(userListReference(["a", "b"]));
    expect(userListReference(["a", "b"])).toMatchObject({
      count: 2,
      list: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    // Ids are told apart whatever stands in them.
    expect(userListReference(['a","b']).list).not.toBe(userListReference(["a", "b"]).list);
  });

  it("are stored once for each app, and found by name", async () => {
    const first = await saveUserList(database, "shop", ["u2", "u1", "u2", "ü", "a,b", '"']);
    expect(await saveUserList(database, "shop", ["u1", "u2", "ü", "a,b", '"'])).toEqual(first);
    expect(await load("shop", first.list, "none")).toEqual({ [first.list]: ['"', "a,b", "u1", "u2", "ü"] });
    expect(await load("other", first.list)).toEqual({});
  });

  it("may be empty", async () => {
    const { list } = await saveUserList(database, "shop", []);
    expect(await load("shop", list)).toEqual({ [list]: [] });
  });

  it("hold 10,000 ids, read page by page", async () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => `user-${String(index).padStart(5, "0")}`);
    const { list, count } = await saveUserList(database, "shop", ids);
    expect(count).toBe(10_000);
    expect((await loadUserLists(database, "shop", [list])).get(list)?.size).toBe(10_000);
    const read = (after: string | null) => readUserList(database, "shop", list, { after, limit: 2 });
    expect(await read(null)).toEqual({ ids: ["user-00000", "user-00001"], hasMore: true, total: 10_000 });
    expect(await read("user-09997")).toMatchObject({ ids: ["user-09998", "user-09999"], hasMore: false });
    expect(await read("user-09999")).toMatchObject({ ids: [], hasMore: false });
  });

  it("are stored by two at once without waiting for each other for ever", async () => {
    const ids = Array.from({ length: 500 }, (_, index) => `r${(index * 7919) % 500}`);
    const saved = await Promise.all(
      [ids, ids.toReversed(), ids, ids].map((list) => saveUserList(database, "shop", list)),
    );
    expect(new Set(saved.map(({ list }) => list)).size).toBe(1);
  });

  it("are unknown to an app that did not store them, or with another count", async () => {
    const reference = await saveUserList(database, "shop", ["k1", "k2"]);
    const miscounted = { ...reference, count: 3 };
    expect(await unknownUserLists(database, "shop", [reference, miscounted])).toEqual([miscounted]);
    expect(await unknownUserLists(database, "other", [reference])).toEqual([reference]);
  });

  describe("in a condition", () => {
    const stored = async () => (await database.query("select list from audience.user_lists")).length;

    it("become references, and are stored only when told", async () => {
      const before = await stored();
      const ids = ["x1", "x2"];
      const prepared = await prepareCondition(database, "shop", { $or: [{ $userIn: ids }, { vip: true }] });
      expect(prepared).toEqual({
        condition: { $or: [{ $userIn: userListReference(ids) }, { vip: true }] },
        lists: [ids],
        reasons: [],
      });
      expect(await stored()).toBe(before);
      await saveUserLists(database, "shop", prepared.lists);
      expect(await stored()).toBe(before + 1);
      const again = await prepareCondition(database, "shop", prepared.condition);
      expect(again).toEqual({ condition: prepared.condition, lists: [], reasons: [] });
    });

    it("may not be references that the app does not know, and each is named by its path", async () => {
      const unknown = { list: "f".repeat(64), count: 1 };
      const { reasons } = await prepareCondition(database, "shop", {
        $or: [{ $userIn: unknown }, { $not: { $userIn: unknown } }],
      });
      expect(reasons).toMatchObject([
        { code: "INVALID", path: ["condition", "$or", "0", "$userIn"] },
        { code: "INVALID", path: ["condition", "$or", "1", "$not", "$userIn"] },
      ]);
    });

    it("stay as they are in a condition that has faults", async () => {
      const faulty = { $userIn: ["a"], b: { $nope: 1 } };
      expect(await prepareCondition(database, "shop", faulty)).toEqual({
        condition: faulty,
        lists: [],
        reasons: [],
      });
      for (const input of [null, [], "x", { $userIn: Array.from({ length: 10_001 }, String) }]) {
        expect((await prepareCondition(database, "shop", input)).lists).toEqual([]);
      }
    });
  });
});
