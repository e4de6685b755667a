import fc from "fast-check";
import {
  bucket,
  bucketsAfter,
  fnv1a32,
  fnv1a32OfDecimal,
  FNV_OFFSET,
  seedState,
} from "../../src/evaluation/bucketing";
import { compile } from "../../src/evaluation/compile";
import { evaluate } from "../../src/evaluation/evaluate";
import type { RulesetSource } from "../../src/evaluation/model";
import { NOW, rulesetSource, user } from "./arbitraries";
import { ruleOf, sourceOf } from "./rulesetSource";

/** Several small rulesets as one, with keys of their own: more keys than a word has bits, over segments that they share. */
function together(sources: readonly RulesetSource[]): RulesetSource {
  const [first] = sources;
  const rename = (name: string, index: number) => `${name}_${index}`;
  return {
    ...first!,
    keys: sources.flatMap(({ keys }, index) =>
      keys.map((key) => ({ ...key, name: rename(key.name, index) })),
    ),
    publications: sources.flatMap(({ publications }, index) =>
      publications.map((publication) => ({
        ...publication,
        id: rename(publication.id, index),
        keys: publication.keys.map((key) => rename(key, index)),
        rules: publication.rules.map((rule) => ({
          ...rule,
          id: rename(rule.id, index),
          segmentId: rule.segmentId === null ? null : rename(rule.segmentId, index),
          values: rule.values.map(({ key, value }) => ({ key: rename(key, index), value })),
        })),
      })),
    ),
    segments: sources.flatMap(({ segments }, index) =>
      segments.map((segment) => ({
        ...segment,
        id: rename(segment.id, index),
        condition: JSON.parse(
          JSON.stringify(segment.condition).replaceAll(/"(segment_[^"]*)"/g, `"$1_${index}"`),
        ) as (typeof segment)["condition"],
      })),
    ),
    disabledFlags: [],
    previews: [],
  };
}

describe("all keys, answered together", () => {
  it("get what each of them gets alone, however many there are", () => {
    let byRule = 0;
    const sources = fc.array(rulesetSource, { minLength: 8, maxLength: 40 }).map(together);
    fc.assert(
      fc.property(sources, fc.array(user, { minLength: 20, maxLength: 20 }), (source, users) => {
        const ruleset = compile(source);
        for (const subject of users) {
          const alone = ruleset.keys.map((key) => evaluate(ruleset, subject, NOW, [key])[0]);
          const all = evaluate(ruleset, subject, NOW);
          all.forEach((answer, index) => {
            if (answer !== alone[index]) expect(answer).toEqual(alone[index]);
            if (answer.rule) byRule += 1;
          });
          expect(all).toHaveLength(alone.length);
        }
      }),
      { numRuns: 60 },
    );
    expect(byRule).toBeGreaterThan(10_000);
  }, 300_000);

  it("are told apart where their rules are of many units, and of one unit many times", () => {
    const keys = Array.from({ length: 100 }, (_, index) => `key_${index}`);
    const unitOf = (index: number) => (index % 5 === 0 ? "company" : null);
    const source = sourceOf({
      keys: keys.map((name) => ({ name, defaultValue: "no", isVisibleToClients: true })),
      publications: keys.map((key, index) => ({
        ...{ kind: "Config", id: `config_${index}`, version: 1, keys: [key] },
        rules: [
          ruleOf({
            ...{ id: `rule_${index}`, seed: `seed ${index}`, percentage: 50, bucketBy: unitOf(index) },
            values: [{ key, value: "yes" }],
          }),
        ],
      })),
    });
    const ruleset = compile(source);
    const answers = evaluate(ruleset, { id: "ann", properties: { company: "Acme" } }, NOW);
    const expected = keys.map((_, index) => {
      const unit = unitOf(index) === null ? "ann" : "Acme";
      return bucket(`seed ${index}`, unit) < 5_000 ? "yes" : "no";
    });
    expect(new Map(answers.map(({ key, value }) => [key, value]))).toEqual(
      new Map(keys.map((key, index) => [key, expected[index]])),
    );
    expect(new Set(expected).size).toBe(2);
    const nobody = evaluate(ruleset, { id: "", properties: {} }, NOW);
    expect(nobody.every(({ value }) => value === "no")).toBe(true);
  });

  it("see a list by its elements, a number that is none as without order, and what is missing as null", () => {
    const conditions = [
      { tags: { $in: ["a", "b"] } },
      { tags: { $nin: ["a", "b"] } },
      { tags: { $exists: true } },
      { tags: { $exists: false } },
      { tags: "a" },
      { tags: { $ne: "a" } },
      { size: { $gte: 1, $lt: 3 } },
      { size: { $lte: 1 } },
      { version: { $vne: "1.0.0" } },
      { version: { $vgte: "1.0.0" } },
      { born: { $before: "2026-01-01T00:00:00Z" } },
      { $and: [{ tags: { $in: ["b"] } }, { size: { $gt: 0 } }] },
    ];
    const ids = conditions.map((_, index) => `k${String(index).padStart(2, "0")}`);
    const ruleset = compile(
      sourceOf({
        keys: ids.map((name) => ({ name, defaultValue: false, isVisibleToClients: true })),
        segments: conditions.map((condition, index) => ({ id: `s${index}`, name: "", condition })),
        publications: ids.map((key, index) => ({
          ...{ kind: "Config", id: key, version: 1, keys: [key] },
          rules: [ruleOf({ id: key, segmentId: `s${index}`, values: [{ key, value: true }] })],
        })),
      }),
    );
    const holding = (properties: Record<string, never | unknown>) =>
      evaluate(ruleset, { id: "u", properties: properties as never }, NOW).flatMap(({ value }, index) =>
        value === true ? [index] : [],
      );
    expect(holding({ tags: ["x", "b"], size: 1, version: "1.0", born: "2025-12-31" })).toEqual([
      0, 2, 5, 6, 7, 8, 10, 11,
    ]);
    expect(holding({ tags: "a", size: NaN, version: "1.0.0" })).toEqual([0, 2, 4, 9]);
    expect(holding({ tags: { a: 1 }, size: "1", version: 7, born: Date.UTC(2026, 0, 1) })).toEqual([
      1, 2, 5, 8,
    ]);
    expect(holding({})).toEqual([1, 3, 5, 8]);
  });
});

describe("buckets of many seeds", () => {
  it("are the same found out four at a time", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 9 }), fc.string(), (seeds, unit) => {
        const states = Int32Array.from(seeds, seedState);
        const columns = Int32Array.from(seeds.keys());
        const four = new Int32Array(4);
        for (let from = 0; from < seeds.length; from += 4) {
          bucketsAfter(states, columns, from, seeds.length, unit, four);
          const lanes = [0, 1, 2, 3].map((lane) => seeds[Math.min(from + lane, seeds.length - 1)] ?? "");
          expect([...four]).toEqual(lanes.map((seed) => bucket(seed, unit)));
        }
      }),
    );
  });

  it("hash a number as its decimal digits, with and without zeros in it", () => {
    const powers = Array.from({ length: 10 }, (_, index) => 10 ** index);
    const edges = powers.flatMap((power) => [power - 1, power, power + 1, 4 * power, 2 * power + 5]);
    fc.assert(
      fc.property(fc.oneof(fc.nat(1_100_000), fc.integer({ min: 0, max: 2 ** 32 - 1 })), (number) => {
        expect(fnv1a32OfDecimal(number)).toBe(fnv1a32(FNV_OFFSET, String(number)) >>> 0);
      }),
      { numRuns: 5_000, examples: [...edges, 2 ** 31, 2 ** 32 - 1].map((number) => [number]) },
    );
  });
});
