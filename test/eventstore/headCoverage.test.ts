import fc from "fast-check";
import { createHeadCoverage } from "../../src/eventstore/headCoverage";

describe("what was told of", () => {
  it("is everything up to the head, if every batch was told of, in whatever order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 }).chain((lengths) =>
          fc.tuple(
            fc.constant(lengths),
            fc.shuffledSubarray(
              lengths.map((_, i) => i),
              { minLength: lengths.length },
            ),
          ),
        ),
        ([lengths, order]) => {
          const ends = lengths.map((_, index) =>
            lengths.slice(0, index + 1).reduce((sum, length) => sum + length),
          );
          const coverage = createHeadCoverage();
          for (const index of order) coverage.cover(ends[index - 1] ?? 0, ends[index] ?? 0);
          expect(coverage.advance(ends.at(-1) ?? 0)).toBe(false);
        },
      ),
    );
  });

  it("lacks a batch that nobody told of, until the head was looked at", () => {
    const coverage = createHeadCoverage();
    coverage.cover(0, 3);
    coverage.cover(5, 6);
    expect(coverage.advance(6)).toBe(true);
    expect(coverage.advance(6)).toBe(false);
    coverage.cover(3, 5); // Late news of what was found by then.
    coverage.cover(6, 7);
    expect(coverage.advance(7)).toBe(false);
  });

  it("may be ahead of a head that was read before the news", () => {
    const coverage = createHeadCoverage();
    expect(coverage.advance(10)).toBe(true);
    coverage.cover(10, 11);
    coverage.cover(12, 13);
    expect(coverage.advance(10)).toBe(false);
    coverage.cover(11, 12);
    expect(coverage.advance(13)).toBe(false);
  });
});
