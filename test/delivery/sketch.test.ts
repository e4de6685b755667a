import fc from "fast-check";
import { createHash } from "node:crypto";
import {
  addMark,
  addSketch,
  markOf,
  newSketch,
  SKETCH_ERROR,
  SKETCH_REGISTERS,
  usersIn,
  type Sketch,
} from "../../src/delivery/sketch";

function sketchOf(ids: Iterable<string>): Sketch {
  const sketch = newSketch();
  for (const id of ids) addMark(sketch, markOf(id));
  return sketch;
}

function* named(count: number, name: (index: number) => string): Iterable<string> {
  for (let index = 0; index < count; index += 1) yield name(index);
}

/** Like a UUID, and always the same. */
const hashed = (index: number): string =>
  createHash("sha256").update(String(index)).digest("hex").slice(0, 32);

const FORMS: readonly (readonly [string, (index: number) => string])[] = [
  ["numbers", String],
  ["names with numbers", (index) => `user-${index}`],
  ["padded numbers", (index) => String(index).padStart(12, "0")],
  ["hashes", hashed],
  ["addresses", (index) => `${index}@example.com`],
];

describe("a sketch", () => {
  it("of nobody has none, and of one has one, however often", () => {
    expect(usersIn(newSketch())).toBe(0);
    expect(usersIn(sketchOf(["u", "u", "u"]))).toBe(1);
  });

  it.each(FORMS)("tells of few almost exactly, whatever their ids are: %s", (_, name) => {
    for (const count of [2, 5, 10, 20, 50]) {
      const found = usersIn(sketchOf(named(count, name)));
      expect(Math.abs(found - count)).toBeLessThanOrEqual(Math.max(1, count * 0.04));
    }
  });

  it.each(FORMS)("tells of many with the error that it says: %s", (_, name) => {
    for (const count of [500, 2_000, 5_000, 20_000, 50_000]) {
      const found = usersIn(sketchOf(named(count, name)));
      expect(Math.abs(found - count) / count).toBeLessThan(3.5 * SKETCH_ERROR);
    }
  });

  it("errs on both sides, as much as it says", () => {
    const [count, rounds] = [3_000, 60];
    const errors = Array.from({ length: rounds }, (_, round) => {
      return usersIn(sketchOf(named(count, (index) => hashed(round * count + index)))) / count - 1;
    });
    const mean = errors.reduce((sum, error) => sum + error, 0) / rounds;
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / rounds);
    expect(Math.abs(mean)).toBeLessThan(SKETCH_ERROR / 2);
    expect(deviation).toBeLessThan(1.4 * SKETCH_ERROR);
    expect(deviation).toBeGreaterThan(0.6 * SKETCH_ERROR);
  });

  it("of all is that of the parts, in any order and however often they are added", () => {
    const ids = fc.array(fc.string({ maxLength: 8 }), { maxLength: 300 });
    fc.assert(
      fc.property(ids, ids, (one, other) => {
        const merged = sketchOf(one);
        addSketch(merged, sketchOf(other));
        const whole = sketchOf([...other, ...one]);
        expect(merged).toEqual(whole);
        expect(addSketch(merged, sketchOf(other))).toBe(false);
        const turned = sketchOf(other);
        addSketch(turned, sketchOf(one));
        expect(turned).toEqual(whole);
      }),
    );
  });

  it("says whether it grew by another one", () => {
    const sketch = sketchOf(["a"]);
    expect(addSketch(sketch, sketchOf(["b"]))).toBe(true);
    expect(addSketch(sketch, sketchOf(["a", "b"]))).toBe(false);
  });

  it("does not end where registers do", () => {
    expect(usersIn(new Uint8Array(SKETCH_REGISTERS).fill(20))).toBeGreaterThan(1e9);
    expect(Number.isFinite(usersIn(new Uint8Array(SKETCH_REGISTERS).fill(32)))).toBe(true);
  });
});
