import fc from "fast-check";
import { checkCondition, checkEventConditions } from "../../src/evaluation/condition";
import * as limits from "../../src/evaluation/conditionLimits";
import { USER_OPERATORS } from "../../src/evaluation/operators";
import type { Json } from "../../src/lib/json";
import { condition } from "./arbitraries";

const pointers = (...inputs: Json[]): readonly string[] =>
  checkEventConditions(inputs).map(({ pointer }) => pointer);
const messages = (...inputs: Json[]): string =>
  checkEventConditions(inputs)
    .map(({ message }) => message)
    .join("\n");
const times = <Made>(count: number, make: (index: number) => Made): Made[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe("checking conditions over events", () => {
  it("accepts all that a condition over a user may say of properties", () => {
    fc.assert(
      fc.property(condition([]), (made) => {
        const isAboutUser = USER_OPERATORS.some((operator) => JSON.stringify(made).includes(`"${operator}"`));
        fc.pre(!isAboutUser);
        expect(checkEventConditions([made])).toEqual(checkCondition(made));
      }),
    );
  });

  it.each(USER_OPERATORS)("refuses %s at any depth, for it is about the user", (operator) => {
    expect(pointers({}, { [operator]: "x" })).toEqual([`/1/${operator}`]);
    expect(pointers({ $or: [{ $not: { [operator]: "x" } }] })).toEqual([`/0/$or/0/$not/${operator}`]);
    expect(pointers({ items: { $elemMatch: { a: 1, [operator]: "x" } } })).toEqual([
      `/0/items/$elemMatch/${operator}`,
    ]);
    expect(messages({ [operator]: "x" })).toMatch(/about the user and not about an event/);
  });

  it("refuses operators that are none, and suggests none that cannot stand there", () => {
    expect(messages({ $bought: "shoes" })).toMatch(/There are: \$and, \$or, \$nor, \$not\./);
    expect(messages({ $segments: "x" })).not.toMatch(/\$segment"/);
    expect(messages({ $ands: [] })).toMatch(/Did you mean "\$and"/);
  });

  it("says where each fault is, in all of the conditions", () => {
    expect(pointers({ amount: { $greater: 1 } }, {}, { "a..b": 1 }, [])).toEqual([
      "/0/amount/$greater",
      "/2/a..b",
      "/3",
    ]);
    expect(messages(7)).toMatch(/\{ "amount": \{ "\$gt": 10 \} \}.*not a number/);
  });

  it("holds all of them together to the bounds of one", () => {
    const half = { $or: times(limits.CONDITIONS_MAX / 2, (index) => ({ a: index })) };
    expect(pointers(half, half)).toEqual([]);
    expect(messages(half, half, { a: 1 })).toMatch(/A goal has at most 200 conditions/);

    const patterns = { $or: times(limits.PATTERNS_MAX / 2, () => ({ a: { $regex: "x" } })) };
    expect(pointers(patterns, patterns)).toEqual([]);
    expect(messages(patterns, patterns, { a: { $regex: "x" } })).toMatch(/A goal has at most 20 patterns/);

    const bytes = (count: number): Json => ({ a: "x".repeat(count) });
    const frame = JSON.stringify([bytes(0), bytes(0)]).length;
    const room = (limits.CONDITION_BYTES_MAX - frame) / 2;
    expect(pointers(bytes(Math.floor(room)), bytes(Math.ceil(room)))).toEqual([]);
    expect(messages(bytes(Math.floor(room) + 1), bytes(Math.ceil(room)))).toMatch(/together at most 65536/);
  });

  it("holds each of them to the depth of one", () => {
    const nested = (levels: number): Json => (levels === 1 ? { a: 1 } : { $not: nested(levels - 1) });
    expect(pointers(nested(limits.CONDITION_DEPTH_MAX), nested(limits.CONDITION_DEPTH_MAX))).toEqual([]);
    expect(messages(nested(limits.CONDITION_DEPTH_MAX + 1))).toMatch(/fewer levels/);
    const inSize = (levels: number): Json =>
      levels === 1 ? { a: { $size: { $gt: 1 } } } : { $not: inSize(levels - 1) };
    expect(messages(inSize(limits.CONDITION_DEPTH_MAX))).toMatch(/fewer levels/);
  });
});
