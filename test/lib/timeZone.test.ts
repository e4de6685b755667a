import { daysBetween, monthsBetween } from "../../src/lib/timeZone";

const HOUR_MS = 3_600_000;

const days = (timeZone: string, from: string, to: string): readonly string[] =>
  daysBetween(Date.parse(from), Date.parse(to), timeZone).map((atMs) => new Date(atMs).toISOString());

describe("the days of a time zone", () => {
  it("begin at its midnights, and end when the next one would begin", () => {
    expect(days("Asia/Tokyo", "2026-01-01T00:00:00Z", "2026-01-01T15:00:00.001Z")).toEqual([
      "2025-12-31T15:00:00.000Z",
      "2026-01-01T15:00:00.000Z",
      "2026-01-02T15:00:00.000Z",
    ]);
    expect(days("Asia/Tokyo", "2026-01-01T00:00:00Z", "2026-01-01T15:00:00Z")).toHaveLength(2);
  });

  it.each([
    ["Europe/Berlin", "2026-03-29T12:00:00Z", 23],
    ["Europe/Berlin", "2026-10-25T12:00:00Z", 25],
    ["Australia/Lord_Howe", "2026-04-05T00:00:00Z", 24.5],
    ["America/Santiago", "2026-09-06T12:00:00Z", 23],
    ["Asia/Kathmandu", "2026-06-01T12:00:00Z", 24],
  ])("are as long as they are there: %s at %s", (timeZone, at, hours) => {
    const [start = 0, end = 0] = daysBetween(Date.parse(at), Date.parse(at) + 1, timeZone);
    expect((end - start) / HOUR_MS).toBe(hours);
  });

  it("begin after a midnight that there is not", () => {
    // In Cairo clocks went from 0:00 to 1:00 on April 24.
    expect(days("Africa/Cairo", "2026-04-24T12:00:00Z", "2026-04-24T12:00:01Z")).toEqual([
      "2026-04-23T22:00:00.000Z",
      "2026-04-24T21:00:00.000Z",
    ]);
  });

  it("are none where a day was left out", () => {
    // Samoa went from December 29 to December 31, 2011.
    expect(days("Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-31T08:00:00Z")).toEqual([
      "2011-12-29T10:00:00.000Z",
      "2011-12-30T10:00:00.000Z",
      "2011-12-31T10:00:00.000Z",
    ]);
  });

  it("follow one another without a gap for ten years, each of 23 to 25 hours", () => {
    const starts = daysBetween(
      Date.parse("2020-01-01T12:00:00Z"),
      Date.parse("2029-12-31T12:00:00Z"),
      "Europe/Berlin",
    );
    const hours = starts.slice(1).map((startMs, index) => (startMs - (starts[index] ?? 0)) / HOUR_MS);
    expect(new Set(hours)).toEqual(new Set([23, 24, 25]));
    expect(hours.filter((length) => length === 23)).toHaveLength(10);
    expect(hours.filter((length) => length === 25)).toHaveLength(10);
    expect(hours).toHaveLength(10 * 365 + 3);
  });
});

describe("the months of a time zone", () => {
  const months = (timeZone: string, from: string, to: string): readonly string[] =>
    monthsBetween(Date.parse(from), Date.parse(to), timeZone).map((atMs) => new Date(atMs).toISOString());

  it("begin at its midnights, in winter and in summer, across years", () => {
    expect(months("Europe/Berlin", "2026-02-28T22:59:59Z", "2026-04-30T22:00:00.001Z")).toEqual([
      "2026-01-31T23:00:00.000Z",
      "2026-02-28T23:00:00.000Z",
      "2026-03-31T22:00:00.000Z",
      "2026-04-30T22:00:00.000Z",
      "2026-05-31T22:00:00.000Z",
    ]);
    expect(months("UTC", "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z")).toHaveLength(2);
    expect(months("UTC", "2025-12-31T23:59:59Z", "2026-01-01T00:00:00.001Z")).toHaveLength(3);
  });
});
