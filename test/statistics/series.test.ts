import { accumulated, seriesOf } from "../../src/statistics/series";
import { DEFAULT_SETTINGS } from "../../src/statistics/settings";
import { rateSums } from "../../src/statistics/sums";
import { sampleRatioOf } from "../../src/statistics/sampleRatio";
import { boundAt, winsorisedSums } from "../../src/statistics/winsorise";

describe("the series of a lift", () => {
  const days = [1, 2, 3].map((day) => ({
    at: `2026-12-0${day}`,
    variations: [rateSums(1000, 100), rateSums(1000, 120)],
  }));
  const goal = { kind: "RATE", guardrail: null } as const;

  it("adds day to day, and narrows both intervals", () => {
    const [points = []] = seriesOf(goal, accumulated(days), DEFAULT_SETTINGS);
    expect(points.map(({ at, users }) => [at, users])).toEqual([
      ["2026-12-01", 2000],
      ["2026-12-02", 4000],
      ["2026-12-03", 6000],
    ]);
    for (const name of ["fixedHorizon", "alwaysValid"] as const) {
      const [first = 0, second = 0, third = 0] = points.map(
        (each) => (each[name]?.high ?? 0) - (each[name]?.low ?? 0),
      );
      expect(first > second && second > third && third > 0).toBe(true);
    }
  });

  it("has no interval before there is one", () => {
    const nobody = [{ at: "2026-12-01", variations: [rateSums(0, 0), rateSums(0, 0)] }];
    const [points] = seriesOf(goal, nobody, DEFAULT_SETTINGS);
    expect(points).toEqual([
      { at: "2026-12-01", users: 0, lift: null, fixedHorizon: null, alwaysValid: null },
    ]);
  });

  it("is one for each variation but the control, and none without days", () => {
    const three = [{ at: "d", variations: [rateSums(9, 3), rateSums(9, 4), rateSums(9, 5)] }];
    expect(seriesOf(goal, three, DEFAULT_SETTINGS)).toHaveLength(2);
    expect(seriesOf(goal, [], DEFAULT_SETTINGS)).toEqual([]);
  });
});

describe("the ratio of the sample", () => {
  it("alarms below one in a thousand", () => {
    expect(sampleRatioOf([5164, 4836], [50, 50])).toMatchObject({
      isAlarming: false,
      expected: [5000, 5000],
    });
    expect(sampleRatioOf([5165, 4835], [50, 50])).toMatchObject({ isAlarming: true });
  });

  it("says nothing while fewer than five are expected somewhere", () => {
    expect(sampleRatioOf([9, 0], [50, 50])).toEqual({
      pValue: null,
      isAlarming: false,
      expected: [4.5, 4.5],
    });
    expect(sampleRatioOf([10, 0], [50, 50]).pValue).toBeCloseTo(0.0015654, 6);
    expect(sampleRatioOf([0, 0], [50, 50]).pValue).toBeNull();
  });

  it("alarms when somebody is where nobody can be", () => {
    expect(sampleRatioOf([100, 100, 1], [50, 50, 0]).isAlarming).toBe(true);
    expect(sampleRatioOf([100, 100, 0], [50, 50, 0]).isAlarming).toBe(false);
  });
});

describe("winsorising", () => {
  const spenders = [
    { value: 0, users: 900 },
    { value: 10, users: 98 },
    { value: 5000, users: 2 },
  ];

  it("bounds by a percentile of those who have a value", () => {
    expect([boundAt([spenders], 98), boundAt([spenders], 98.5)]).toEqual([10, 5000]);
    expect(winsorisedSums(spenders, 10)).toEqual({ users: 1000, sum: 1000, sumOfSquares: 10_000 });
  });

  it("takes all variations for the one bound", () => {
    expect(boundAt([[{ value: 1, users: 1 }], [{ value: 2, users: 1 }]], 50)).toBe(1);
    expect(boundAt([[{ value: 1, users: 1 }], [{ value: 2, users: 2 }]], 50)).toBe(2);
  });

  it("bounds nothing where nobody has a value", () => {
    expect(boundAt([[{ value: 0, users: 5 }]], 95)).toBeNull();
    expect(winsorisedSums([{ value: 0, users: 5 }], null)).toEqual({ users: 5, sum: 0, sumOfSquares: 0 });
  });
});
