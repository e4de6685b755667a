import fc from "fast-check";
import { compile } from "../../src/evaluation/compile";
import { checkCondition } from "../../src/evaluation/condition";
import { evaluate, isMember } from "../../src/evaluation/evaluate";
import { explain, explainMembership } from "../../src/evaluation/explain";
import { includes } from "../../src/evaluation/bucketing";
import { condition, NOW, rulesetSource, user } from "./arbitraries";
import { bucketOf, isIn, judge } from "./oracle";
import { rounds } from "../support/rounds";

const RULESETS = rounds(500, 8_000);
const USERS_PER_RULESET = 50;
/** The outcomes of the one step that an answer comes from. */
const DECISIVE: ReadonlySet<string> = new Set(["MATCHED", "DISABLED", "DEFAULT"]);

describe("evaluation beside the oracle", () => {
  it("agrees on value, reason and rule of every key, and explains by the same rule", () => {
    let pairs = 0;
    let byRule = 0;
    let disabled = 0;
    let previewed = 0;
    const users = fc.array(user, { minLength: USERS_PER_RULESET, maxLength: USERS_PER_RULESET });
    fc.assert(
      fc.property(rulesetSource, users, (source, subjects) => {
        const ruleset = compile(source);
        for (const subject of subjects) {
          pairs += 1;
          for (const answer of evaluate(ruleset, subject, NOW)) {
            const verdict = judge(source, subject, NOW, answer.key);
            const { value, reason } = answer;
            const [ruleId, sourceId] = [answer.rule?.id ?? null, answer.source?.id ?? null];
            const isSame = ruleId === verdict.ruleId && sourceId === verdict.sourceId;
            // Cheaper than an expectation for each of 100,000 answers; the expectation shows what differs.
            if (!isSame || reason !== verdict.reason || value !== verdict.value) {
              expect({ value, reason, ruleId, sourceId }).toEqual(verdict);
            }
            if (ruleId !== null) byRule += 1;
            if (reason === "DISABLED") disabled += 1;
            if (reason === "PREVIEW") previewed += 1;
          }
        }
        const [first] = subjects;
        for (const key of ruleset.keys) {
          const { answer, steps } = explain(ruleset, key, first ?? { id: "u", properties: {} }, NOW);
          const decisive = steps.find(({ outcome }) => DECISIVE.has(outcome));
          expect(decisive?.ruleId ?? null).toBe(answer.rule?.id ?? null);
          expect(decisive?.source ?? null).toEqual(answer.source);
          expect(decisive?.outcome === "DISABLED").toBe(answer.reason === "DISABLED");
          expect(steps[0]?.outcome === "PREVIEW").toBe(answer.reason === "PREVIEW");
          expect(answer).toBe(evaluate(ruleset, first ?? { id: "u", properties: {} }, NOW, [key])[0]);
        }
      }),
      { numRuns: RULESETS },
    );
    expect(pairs).toBeGreaterThanOrEqual(20_000);
    // A generator whose rules never took anybody would make the agreement worthless.
    expect(byRule).toBeGreaterThan(pairs / 4);
    expect(disabled).toBeGreaterThan(pairs / 10);
    expect(previewed).toBeGreaterThan(pairs / 10);
  }, 900_000);

  it("gives what is previewed to nobody but test users, and to nobody once it is over", () => {
    fc.assert(
      fc.property(rulesetSource, user, (source, subject) => {
        const plain = compile({ ...source, previews: [] });
        const previewing = compile(source);
        const ids = source.userLists.get(source.testUsers ?? "");
        if (!ids?.has(subject.id)) {
          expect(evaluate(previewing, subject, NOW)).toEqual(evaluate(plain, subject, NOW));
        }
        const lastEnd = Math.max(NOW, ...source.previews.map(({ endsAt }) => endsAt));
        for (const later of [lastEnd, lastEnd + 1]) {
          expect(evaluate(previewing, subject, later)).toEqual(evaluate(plain, subject, later));
          for (const key of previewing.keys) {
            expect(explain(previewing, key, subject, later)).toEqual(explain(plain, key, subject, later));
          }
        }
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it("agrees on who is a member of a segment, in values and in words", () => {
    fc.assert(
      fc.property(rulesetSource, user, (source, subject) => {
        const ruleset = compile(source);
        for (const { id } of source.segments) {
          const expected = isIn(source, id, subject, NOW);
          expect(isMember(ruleset, id, subject, NOW)).toBe(expected);
          const explained = explainMembership(ruleset, id, subject, NOW);
          expect(explained.isMember).toBe(expected);
          expect(explained.because).not.toBe("");
        }
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it("is asked only with conditions that the check accepts", () => {
    fc.assert(
      fc.property(condition(["segment_1"]), (made) => {
        expect(checkCondition(made)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a growing percentage", () => {
  it("keeps every unit that it included", () => {
    const hundredths = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 1 }),
        hundredths,
        hundredths,
        (seed, unit, one, other) => {
          const [low, high] = [Math.min(one, other) / 100, Math.max(one, other) / 100];
          const bucket = bucketOf(seed, unit);
          expect(includes(low, bucket) && !includes(high, bucket)).toBe(false);
          expect(includes(low, bucket)).toBe(bucket < Math.min(one, other));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("keeps the value of every user that a rule served", () => {
    fc.assert(
      fc.property(rulesetSource, user, (source, subject) => {
        const raised = (percentage: number): number => Math.min(100, Math.round(percentage * 150) / 100);
        const before = firstRuleOnly(source, (percentage) => percentage);
        const after = firstRuleOnly(source, raised);
        const served = evaluate(compile(before), subject, NOW, ["alpha"])[0]?.rule?.id ?? null;
        if (served === null) return;
        expect(evaluate(compile(after), subject, NOW, ["alpha"])[0]?.rule?.id).toBe(served);
      }),
      { numRuns: 1_000 },
    );
  });
});

type Source = Parameters<typeof compile>[0];

function firstRuleOnly(source: Source, percentageOf: (percentage: number) => number): Source {
  const [config] = source.publications;
  const [rule] = config?.rules ?? [];
  if (config === undefined || rule === undefined) return source;
  const changed = { ...rule, percentage: percentageOf(rule.percentage) };
  return { ...source, publications: [{ ...config, rules: [changed] }] };
}
