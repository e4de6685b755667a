import {
  BUCKET_SEEDS,
  evennessOf,
  ID_SHAPES,
  idsOf,
  independenceBetween,
  SEED_PAIRS,
  SURELY_UNEVEN,
} from "../support/bucketTables";

/** Of each shape. `npm run simulate` takes a million in all. */
const IDS = 20_000;

describe.each(ID_SHAPES)("buckets of %s", (_, idOf) => {
  const ids = idsOf(idOf, IDS);

  it("are of different ids", () => {
    expect(new Set(ids).size).toBe(IDS);
  });

  it.each(BUCKET_SEEDS)("fill a hundred blocks alike, and a hundred remainders, with the seed %s", (seed) => {
    expect(Math.min(...evennessOf(seed, ids))).toBeGreaterThan(SURELY_UNEVEN);
  });

  it.each(SEED_PAIRS)("do not know of each other in %s", (_name, one, other) => {
    expect(independenceBetween(one, other, ids)).toBeGreaterThan(SURELY_UNEVEN);
  });
});

it("one seed is not independent of itself", () => {
  const [shape] = ID_SHAPES;
  expect(independenceBetween("a", "a", idsOf(shape?.[1] ?? String, 1_000))).toBeLessThan(SURELY_UNEVEN);
});
