import fc from "fast-check";
import { compile } from "../../src/evaluation/compile";
import { isMember } from "../../src/evaluation/evaluate";
import { extentsOver } from "../../src/evaluation/extent";
import type { JsonObject } from "../../src/lib/json";
import { rounds } from "../support/rounds";
import { NOW, rulesetSource, user } from "./arbitraries";

const extents = extentsOver(
  new Map<string, { condition: JsonObject }>([
    ["all", { condition: {} }],
    ["none", { condition: { plan: { $in: [] } } }],
    ["some", { condition: { plan: "free" } }],
    ["round", { condition: { $segment: "round" } }],
  ]),
);

const NOBODY: readonly JsonObject[] = [
  { plan: { $in: [] } },
  { plan: { $ini: [] } },
  { plan: { $gt: 1, $in: [] } },
  { plan: { $not: { $nin: [] } } },
  { $userIn: [] },
  { $userIn: { list: "hash", count: 0 } },
  { $percent: { percentage: 0, seed: "s" } },
  { $segment: "none" },
  { $segment: ["none", "none"] },
  { $notSegment: ["some", "all"] },
  { $not: {} },
  { $nor: [] },
  { $nor: [{ plan: "free" }, {}] },
  { $and: [{ plan: "free" }, { $userIn: [] }] },
  { $or: [{ plan: { $in: [] } }, { $segment: "none" }] },
  { plan: "free", $segment: "none" },
  { $not: { $or: [{ plan: "free" }, { $not: { $userIn: [] } }] } },
];

const EVERYBODY: readonly JsonObject[] = [
  {},
  { plan: { $nin: [] } },
  { plan: { $nini: [] } },
  { plan: { $nin: [], $not: { $in: [] } } },
  { $segment: ["some", "all"] },
  { $notSegment: "none" },
  { $not: { $segment: "none" } },
  { $and: [] },
  { $or: [] },
  { $or: [{ plan: "free" }, {}] },
  { $nor: [{ $userIn: [] }] },
];

const SOME: readonly JsonObject[] = [
  { plan: "free" },
  { plan: [] },
  { plan: {} },
  { plan: { $in: ["free"] } },
  { plan: { $nin: ["free"] } },
  { plan: { $all: [] } },
  { plan: { $eq: [] } },
  { plan: { $not: { $in: ["free"] } } },
  { plan: { $not: [] } },
  { $userIn: ["u"] },
  { $userIn: { list: "hash", count: 1 } },
  { $percent: { percentage: 0.01, seed: "s" } },
  // Some may have nothing to be bucketed by.
  { $percent: { percentage: 100, seed: "s", bucketBy: "company" } },
  { $segment: ["some", "none"] },
  { $notSegment: ["some", "none"] },
  { $segment: "unknown" },
  { $segment: "round" },
  { $and: [{ plan: "free" }, {}] },
  { $or: [{ plan: "free" }, { $userIn: [] }] },
  { $nor: [{ plan: "free" }] },
  { $not: { plan: "free" } },
];

describe("for whom a condition holds", () => {
  it.each(NOBODY)("%j holds for nobody", (condition) => expect(extents.of(condition)).toBe("NOBODY"));
  it.each(EVERYBODY)("%j holds for everybody", (each) => expect(extents.of(each)).toBe("EVERYBODY"));
  it.each(SOME)("%j may hold for some", (condition) => expect(extents.of(condition)).toBe("SOME"));

  it("is never said wrongly of any user", () => {
    const told = { NOBODY: 0, EVERYBODY: 0, SOME: 0 };
    const users = fc.array(user, { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(rulesetSource, users, (source, subjects) => {
        const ruleset = compile(source);
        const found = extentsOver(new Map(source.segments.map((segment) => [segment.id, segment])));
        for (const { id } of source.segments) {
          const extent = found.ofSegment(id);
          told[extent] += 1;
          if (extent === "SOME") continue;
          for (const subject of subjects) {
            expect(isMember(ruleset, id, subject, NOW)).toBe(extent === "EVERYBODY");
          }
        }
      }),
      { numRuns: rounds(500, 8_000) },
    );
    // Random conditions of which nothing was told would prove nothing.
    expect(told.NOBODY).toBeGreaterThan(50);
    expect(told.EVERYBODY).toBeGreaterThan(50);
    expect(told.SOME).toBeGreaterThan(50);
  }, 300_000);

  it("takes no longer with segments that name others twice", () => {
    const chain = new Map(
      Array.from({ length: 300 }, (_, index): [string, { condition: JsonObject }] => {
        const next = `segment_${index + 1}`;
        return [`segment_${index}`, { condition: { $and: [{ $segment: next }, { $segment: [next] }] } }];
      }),
    );
    chain.set("segment_300", { condition: { $userIn: [] } });
    expect(extentsOver(chain).ofSegment("segment_0")).toBe("NOBODY");
  });
});
