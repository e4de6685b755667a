import { createHash } from "node:crypto";
import fc from "fast-check";
import { createSummaryTable, type Kept } from "../../src/delivery/summaryTable";
import { recentlyUsed } from "../../src/lib/recentlyUsed";

const keyOf = (id: string): Buffer => createHash("sha256").update(id).digest();
const kept = (part: Partial<Kept> = {}): Kept => ({
  isStored: true,
  fromMs: 1,
  untilMs: 2,
  truths: [0, 0],
  properties: {},
  recommended: [],
  ...part,
});
const tableOf = (usersMax: number, moreMax = 1_000) => createSummaryTable({ usersMax, moreMax });

describe("the table of what is kept of users", () => {
  it("gives back what was put there", () => {
    const table = tableOf(10);
    const given = kept({
      isStored: false,
      fromMs: 1_790_000_000_000,
      untilMs: Infinity,
      truths: [-1, 5, 1 << 31, 7],
      properties: { plan: "pro" },
      recommended: [["a", 1]],
    });
    table.set(keyOf("u"), 7, given);
    expect(table.get(keyOf("u"), 7)).toEqual(given);
    table.set(keyOf("u"), 7, kept());
    expect(table.get(keyOf("u"), 7)).toEqual(kept());
    expect(table.users).toBe(1);
  });

  it("does not give what is kept in another sense", () => {
    const table = tableOf(10);
    table.set(keyOf("u"), 1, kept());
    expect(table.get(keyOf("u"), 2)).toBeUndefined();
  });

  it("forgets who was not used for longest, as a plain map does, whatever is done in which order", () => {
    const id = fc.constantFrom(..."abcdefghij");
    const step = fc.oneof(
      fc.record({ does: fc.constant("set"), id }),
      fc.record({ does: fc.constant("get"), id }),
      fc.record({ does: fc.constant("delete"), id }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (steps, usersMax) => {
        const table = tableOf(usersMax);
        const plain = recentlyUsed<string, number>(usersMax);
        steps.forEach(({ does, id: user }, index) => {
          if (does === "get") {
            expect(table.get(keyOf(user), 1)?.fromMs).toBe(plain.get(user));
          } else if (does === "set") {
            table.set(keyOf(user), 1, kept({ fromMs: index }));
            plain.set(user, index);
          } else {
            table.delete(keyOf(user));
            plain.delete(user);
          }
          expect(table.users).toBe(plain.size());
        });
        for (const user of "abcdefghij") expect(table.get(keyOf(user), 1)?.fromMs).toBe(plain.get(user));
      }),
      { numRuns: 400 },
    );
  });

  it("tells keys apart that begin alike", () => {
    const table = tableOf(4);
    const keys = [4, 8, 12].map((from) => Buffer.concat([Buffer.alloc(from), Buffer.alloc(16 - from, 1)]));
    keys.forEach((key, index) => table.set(key, 1, kept({ fromMs: index })));
    expect(keys.map((key) => table.get(key, 1)?.fromMs)).toEqual([0, 1, 2]);
  });

  it("forgets the oldest, too, when properties of users grow too long together", () => {
    const table = tableOf(10, 200);
    table.set(keyOf("bits"), 1, kept());
    table.set(keyOf("a"), 1, kept({ properties: { text: "x".repeat(80) } }));
    table.set(keyOf("b"), 1, kept({ properties: { text: "x".repeat(80) } }));
    expect(["bits", "a", "b"].map((user) => table.get(keyOf(user), 1) !== undefined)).toEqual([
      false,
      false,
      true,
    ]);
    table.set(keyOf("huge"), 1, kept({ properties: { text: "x".repeat(300) } }));
    expect(table.users).toBe(0);
  });

  it("can let all of it be over, and still has it", () => {
    const table = tableOf(10);
    table.set(keyOf("u"), 1, kept({ truths: [3, 0] }));
    table.endAll();
    expect(table.get(keyOf("u"), 1)).toEqual(kept({ truths: [3, 0], untilMs: -Infinity }));
  });
});
