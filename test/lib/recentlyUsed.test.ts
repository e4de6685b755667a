import { recentlyUsed } from "../../src/lib/recentlyUsed";

describe("what is kept while it is used", () => {
  it("forgets what was not used for longest", () => {
    const kept = recentlyUsed<string, number>(2);
    kept.set("a", 1);
    kept.set("b", 2);
    expect(kept.get("a")).toBe(1);
    kept.set("c", 3);
    expect([kept.get("a"), kept.get("b"), kept.get("c")]).toEqual([1, undefined, 3]);
  });

  it("goes by sizes, and counts what is replaced or deleted no more", () => {
    const kept = recentlyUsed<string, string>(10, (text) => text.length);
    kept.set("a", "12345");
    kept.set("a", "123");
    kept.set("b", "1234567");
    expect(kept.size()).toBe(10);
    kept.delete("b");
    kept.delete("nobody");
    expect(kept.size()).toBe(3);
    kept.set("c", "x".repeat(11));
    expect([...kept.entries()]).toEqual([]);
  });

  it("keeps what may not be forgotten yet", () => {
    const kept = recentlyUsed<string, { isBusy: boolean }>(
      1,
      () => 1,
      ({ isBusy }) => !isBusy,
    );
    kept.set("a", { isBusy: true });
    kept.set("b", { isBusy: false });
    expect([...kept.entries()].map(([id]) => id)).toEqual(["a"]);
    kept.set("c", { isBusy: true });
    expect(kept.size()).toBe(2);
  });
});
