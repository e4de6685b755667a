import fc from "fast-check";
import { checkWindow, instantText, isOverlapping, type Window } from "../../src/releases/window.policy";

const at = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n).toISOString();

const windows: fc.Arbitrary<Window> = fc
  .tuple(fc.nat(20), fc.option(fc.integer({ min: 1, max: 20 })))
  .map(([start, length]) => ({ startsAt: at(start), endsAt: length === null ? null : at(start + length) }));

/** The instants of a window, counted out; a publication that stays is one. */
const instants = ({ startsAt, endsAt }: Window): Set<number> => {
  const start = Date.parse(startsAt);
  const length = endsAt === null ? 1 : Date.parse(endsAt) - start;
  return new Set(Array.from({ length }, (_, n) => start + n));
};

describe("two windows", () => {
  it("overlap if and only if they share an instant", () => {
    fc.assert(
      fc.property(windows, windows, (a, b) => {
        const shared = [...instants(a)].some((instant) => instants(b).has(instant));
        expect(isOverlapping(a, b)).toBe(shared);
        expect(isOverlapping(b, a)).toBe(shared);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("an instant", () => {
  it.each([
    ["2026-01-05T10:00:00Z", "2026-01-05T10:00:00.000Z"],
    ["2026-01-05T10:00Z", "2026-01-05T10:00:00.000Z"],
    ["2026-01-05T10:00:00.1234+05:30", "2026-01-05T04:30:00.123Z"],
    ["2026-02-29T00:00:00Z", null],
    ["2026-01-05", null],
    ["+275761-01-01T00:00:00Z", null],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
    ["", null],
  ])("%s is stored as %s", (text, stored) => expect(instantText(text)).toBe(stored));

  it("that leaves the years which can be written is refused", () => {
    const { window, reasons } = checkWindow({ startsAt: "9999-12-31T23:59:59-01:00", endsAt: null }, at(0));
    expect(window).toBeNull();
    expect(reasons).toMatchObject([{ code: "INVALID", path: ["startsAt"] }]);
  });

  it("of a leap day is within five years of one without", () => {
    const { window } = checkWindow(
      { startsAt: "2033-03-01T00:00:00Z", endsAt: null },
      "2028-02-29T00:00:00.000Z",
    );
    expect(window).toEqual({ startsAt: "2033-03-01T00:00:00.000Z", endsAt: null });
  });
});
