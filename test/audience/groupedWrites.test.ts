import {
  createGroupedWrites,
  GROUP_SIZE_MAX,
  GROUPS_UNDER_WAY_MAX,
  WAITING_WISHES_MAX,
  type Wish,
} from "../../src/audience/groupedWrites";
import { DatabaseUnavailable } from "../../src/postgres/database";

const wish = (name: string, size = 1): Wish => ({ size, names: [name] });
const namesOf = (wishes: readonly Wish[]): string[] => wishes.flatMap(({ names }) => names);

/** Writes that last until they are let go. */
function held() {
  const groups: string[][] = [];
  const letGo: (() => void)[] = [];
  const writes = createGroupedWrites(async (wishes: readonly Wish[]) => {
    groups.push(namesOf(wishes));
    await new Promise<void>((resolve) => letGo.push(resolve));
    return namesOf(wishes);
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ...{ writes, groups },
    async settle() {
      for (let rounds = 0; rounds < 5; rounds++) await turn();
    },
    async letAllGo() {
      for (let rounds = 0; rounds < 10; rounds++) {
        for (const one of letGo.splice(0)) one();
        await turn();
        await turn();
      }
    },
  };
}

describe("wishes that come while others are written", () => {
  it("are written together, each with its own answer", async () => {
    const { writes, groups, settle, letAllGo } = held();
    const first = Array.from({ length: GROUPS_UNDER_WAY_MAX }, async (_, index) => {
      for (let rounds = 0; rounds < 2 * index; rounds++) await settle();
      return writes.add(wish(`first ${index}`));
    });
    for (let rounds = 0; rounds < 3 * GROUPS_UNDER_WAY_MAX; rounds++) await settle();
    const later = ["a", "b", "c"].map((name) => writes.add(wish(name)));
    await settle();
    expect(groups).toHaveLength(GROUPS_UNDER_WAY_MAX);
    await letAllGo();
    expect(await Promise.all(later)).toEqual(["a", "b", "c"]);
    await Promise.all(first);
    expect(groups.slice(GROUPS_UNDER_WAY_MAX)).toEqual([["a", "b", "c"]]);
  });

  it("and have a name in common are written one after the other, and none is lost", async () => {
    const { writes, groups, settle, letAllGo } = held();
    const all = ["a", "a", "b", "a"].map((name) => writes.add(wish(name)));
    await settle();
    await letAllGo();
    expect(await Promise.all(all)).toEqual(["a", "a", "b", "a"]);
    for (const group of groups) expect(new Set(group).size).toBe(group.length);
    expect(groups.flat().toSorted()).toEqual(["a", "a", "a", "b"]);
  });

  it("make groups that are not too large", async () => {
    const { writes, groups, settle, letAllGo } = held();
    const all = ["a", "b", "c"].map((name) => writes.add(wish(name, GROUP_SIZE_MAX / 2)));
    await settle();
    await letAllGo();
    await Promise.all(all);
    expect(groups.map((group) => group.length)).toEqual([2, 1]);
  });

  it("are refused at once when too many wait", async () => {
    const { writes, letAllGo, settle } = held();
    const all = Array.from({ length: WAITING_WISHES_MAX }, (_, index) => writes.add(wish(String(index))));
    await expect(writes.add(wish("too many"))).rejects.toThrow(DatabaseUnavailable);
    await settle();
    await letAllGo();
    expect(await Promise.all(all)).toHaveLength(WAITING_WISHES_MAX);
  });
});

describe("a group that fails", () => {
  const failing = (error: Error) => {
    const groups: string[][] = [];
    const writes = createGroupedWrites((wishes: readonly Wish[]) => {
      groups.push(namesOf(wishes));
      return namesOf(wishes).includes("bad") ? Promise.reject(error) : Promise.resolve(namesOf(wishes));
    });
    return { writes, groups };
  };
  const addAll = (writes: ReturnType<typeof failing>["writes"]) =>
    Promise.all(["a", "bad", "b"].map((name) => writes.add(wish(name)).catch((error: unknown) => error)));

  it("is written one by one, so that one alone pays for what is wrong with it", async () => {
    const error = new Error("It is at fault.");
    const { writes, groups } = failing(error);
    expect(await addAll(writes)).toEqual(["a", error, "b"]);
    expect(groups).toEqual([["a", "bad", "b"], ["a"], ["bad"], ["b"]]);
  });

  it("because the database is away is not tried again for each", async () => {
    const error = new DatabaseUnavailable("It is away.");
    const { writes, groups } = failing(error);
    expect(await addAll(writes)).toEqual([error, error, error]);
    expect(groups).toHaveLength(1);
  });
});
