import fc from "fast-check";
import type { PerformedEvent, Performances } from "../../src/evaluation/performed";
import type { Json, JsonObject } from "../../src/lib/json";

/** Few names, few values, and times at the edges of the windows, so that events and conditions meet often. */
const MINUTE = 60_000;
const SPANS_MS = [MINUTE, 2 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE];

const name = fc.constantFrom("A", "B", "C");
const span = fc.constantFrom<JsonObject>(
  { withinMinutes: 1 },
  { withinMinutes: 2 },
  { withinHours: 1 },
  { withinDays: 1 },
);

export const performedArbitraries = (now: number) => {
  const instant = fc.constantFrom(
    ...[0, 1, -1].flatMap((off) => [0, ...SPANS_MS].map((ms) => now - ms + off)),
  );
  const window = fc.oneof(
    { weight: 2, arbitrary: fc.constant<JsonObject>({}) },
    { weight: 3, arbitrary: span },
    fc.record({ from: instant }),
    fc.record({ until: instant.map((ms) => new Date(ms).toISOString()) }),
    fc.record({ from: fc.constant(now - SPANS_MS[3]!), until: fc.constantFrom(now, now - MINUTE) }),
  );
  const where = fc.oneof(
    { weight: 3, arbitrary: fc.constant<JsonObject>({}) },
    fc.constantFrom<JsonObject>(
      { where: { p: { $gt: 1 } } },
      { where: { q: "a" } },
      { where: { $or: [{ p: 1 }, { "r.x": { $exists: true } }] } },
      { where: { q: { $not: { $in: ["a"] } } } },
      { where: { at: { $withinLast: { minutes: 1 } } } },
      {
        where: {
          $nor: [
            { at: { $withinLast: { hours: 1 } } },
            { list: { $elemMatch: { $withinLast: { days: 1 } } } },
          ],
        },
      },
    ),
  );
  const times = fc.oneof(
    { weight: 5, arbitrary: fc.constant<JsonObject>({}) },
    fc.constantFrom<JsonObject>(
      { timeOfDay: { from: "00:00", until: "05:30" } },
      { timeOfDay: { from: "05:30", until: "24:00" } },
      { timeOfDay: { from: "22:00", until: "05:29" } },
      { daysOfWeek: ["FRIDAY"] },
      { daysOfWeek: ["SATURDAY", "THURSDAY"], timeOfDay: { from: "05:28", until: "05:30" } },
    ),
  );
  const bound = fc.constantFrom(0, 1, 2, 3, 1.5);
  const comparison = fc
    .tuple(fc.constantFrom("$eq", "$ne", "$lt", "$lte", "$gt", "$gte"), bound)
    .map(([operator, number]): JsonObject => ({ [operator]: number }));
  const count = fc.oneof(
    fc.constantFrom(0, 1, 2),
    fc.constantFrom<JsonObject>({ $gte: 2 }, { $lt: 2 }, { $lte: 1 }, { $gt: 0, $lt: 3 }, { $ne: 1 }),
  );
  const counts = fc.oneof(
    { weight: 2, arbitrary: fc.constant<JsonObject>({}) },
    fc.record({ count }),
    fc.record({ count, orNever: fc.boolean() }),
  );
  const measure = fc
    .tuple(
      fc.constantFrom("sum", "average", "minimum", "maximum", "distinct"),
      fc.constantFrom("p", "q", "r.x"),
      comparison,
    )
    .map(([kind, property, is]): JsonObject => ({ [kind]: { property, ...is } }));
  const end = fc
    .tuple(
      fc.constantFrom("first", "last"),
      fc.oneof(span, fc.record({ from: instant }), fc.record({ until: instant })),
    )
    .map(([kind, is]): JsonObject => ({ [kind]: is }));
  const amount = fc.oneof({ weight: 3, arbitrary: counts }, measure, end);
  const sequel = fc.oneof(
    { weight: 2, arbitrary: fc.constant<JsonObject>({}) },
    fc
      .tuple(fc.constantFrom("followedBy", "notFollowedBy"), name, span, where)
      .map(([kind, event, within, more]): JsonObject => ({ [kind]: { event, ...within, ...more } })),
  );
  const operand = fc
    .tuple(name, window, times, where, amount, sequel)
    .map(([event, ...parts]): JsonObject => Object.assign({ event }, ...parts) as JsonObject);

  const value = fc.constantFrom<Json>(0, 1, 2, 1.5, -3, "a", "b", null, [1], { b: 1, a: 2 }, { a: 2, b: 1 });
  const time = fc.oneof(
    instant,
    instant.map((ms) => new Date(ms).toISOString()),
    fc.constantFrom(now - MINUTE + 0.5, now + 0.5, "soon"),
  );
  const properties = fc.record(
    { p: value, q: value, r: fc.record({ x: value }), at: time, list: fc.array(time, { maxLength: 2 }) },
    { requiredKeys: [] },
  );
  const event = fc.record({
    name,
    atMs: fc.oneof(
      instant,
      fc.integer({ min: now - 2 * SPANS_MS[3]!, max: now + MINUTE }),
      fc.integer({ min: now - 5 * MINUTE, max: now }),
    ),
    properties,
  });
  const performances = fc.array(event, { maxLength: 8 }).map((events): Performances => {
    const byName = new Map<string, PerformedEvent[]>();
    for (const { name: of, ...rest } of [...events].sort((a, b) => a.atMs - b.atMs)) {
      byName.set(of, [...(byName.get(of) ?? []), rest]);
    }
    return byName;
  });
  return { operand, performances };
};
