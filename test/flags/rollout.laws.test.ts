import fc from "fast-check";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { isPercentage } from "../../src/evaluation/bucketing";
import { compile } from "../../src/evaluation/compile";
import { evaluate } from "../../src/evaluation/evaluate";
import type { User } from "../../src/evaluation/model";
import type { FlagContent, FlagRule } from "../../src/flags/flag.events";
import { given, run, state, NY, MIAMI } from "../configs/shop";
import { sourceOf } from "../evaluation/rulesetSource";
import { versionEntry } from "../../src/releases/release.state";
import { APP, FLAG, created } from "./flags";

// The law that people raise percentages by: of one rule, whoever is included stays included, whatever else was edited
// in between, in whatever version, by whatever order of rules.

type Edit =
  | Readonly<{ kind: "percentage"; rule: number; percentage: number }>
  | Readonly<{ kind: "value" | "segment" | "remove" | "moveUp"; rule: number }>
  | Readonly<{ kind: "add"; percentage: number }>
  | Readonly<{ kind: "rename" }>;

/** With two decimals at most, so every one is accepted. */
const percentage = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);
const rule = fc.nat({ max: 5 });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("percentage" as const), rule, percentage }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("value", "segment", "remove", "moveUp"), rule }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("add" as const), percentage }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rename" as const) }) },
);
const edits = fc.array(edit, { minLength: 2, maxLength: 25 });
const users: fc.Arbitrary<readonly User[]> = fc.array(
  fc.record({
    id: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
    properties: fc.constant({}),
  }),
  { minLength: 20, maxLength: 20 },
);

/** The rules as a client sends them back after an edit: by their ids, without their seeds. */
function draftsAfter(rules: readonly FlagRule[], wanted: Edit): object[] {
  const drafts = rules.map(({ seed: _seed, ...rest }) => rest);
  if (wanted.kind === "rename") return drafts;
  if (wanted.kind === "add") return [{ percentage: wanted.percentage }, ...drafts];
  const index = wanted.rule % Math.max(1, drafts.length);
  const chosen = drafts[index];
  if (!chosen) return drafts;
  const others = drafts.filter((_, at) => at !== index);
  const replaced = (by: object) => drafts.map((draft, at) => (at === index ? { ...draft, ...by } : draft));
  switch (wanted.kind) {
    case "percentage":
      return replaced({ percentage: wanted.percentage });
    case "value":
      return replaced({ value: !chosen.value });
    case "segment":
      return replaced({ segmentId: chosen.segmentId === NY ? MIAMI : NY });
    case "remove":
      return others;
    case "moveUp":
      return [chosen, ...others];
  }
}

/** All versions that a history of edits saves. */
function versionsOf(wanted: readonly Edit[]): readonly FlagContent[] {
  let events: readonly AnyAppEvent[] = [...APP, created()];
  wanted.forEach((each, index) => {
    const latest = contentsIn(events).at(-1);
    const data = { id: FLAG, name: `flag ${index}`, rules: draftsAfter(latest?.rules ?? [], each) };
    const { decision } = given(...events).when({ type: "EditFlag", data }, { commandId: `c${index}n` });
    expect(decision.outcome).toBe("accepted");
    events = run(events, { type: "EditFlag", data }, { commandId: `c${index}n` });
  });
  return contentsIn(events);
}

function contentsIn(events: readonly AnyAppEvent[]): readonly FlagContent[] {
  const flag = state(events).flags.get(FLAG);
  return (flag?.versions ?? []).map((_, index) => {
    const { revision } = versionEntry(flag as NonNullable<typeof flag>, index + 1);
    return (events[revision]?.data as { content: FlagContent }).content;
  });
}

/** Whom one rule takes when it is asked alone, for everyone: by the evaluation that serves users. */
function takenBy({ seed, percentage: share, bucketBy, bucketByFallback }: FlagRule, asked: readonly User[]) {
  const values = [{ key: "k", value: true }];
  const asking = { id: "r", seed, segmentId: null, percentage: share, bucketBy, bucketByFallback, values };
  const ruleset = compile(
    sourceOf({
      keys: [{ name: "k", defaultValue: false, isVisibleToClients: true }],
      publications: [{ kind: "Flag", id: FLAG, version: 1, keys: ["k"], rules: [asking] }],
    }),
  );
  return asked.map((user) => evaluate(ruleset, user, 0)[0]?.value === true);
}

describe("raising a percentage", () => {
  it("only adds users, over random edits of rules, users and versions", () => {
    let compared = 0;
    let left = 0;
    fc.assert(
      fc.property(edits, users, (wanted, asked) => {
        const lives = new Map<string, FlagRule[]>();
        for (const { rules } of versionsOf(wanted)) {
          for (const each of rules) lives.set(each.id, [...(lives.get(each.id) ?? []), each]);
        }
        for (const life of lives.values()) {
          expect(new Set(life.map(({ seed }) => seed)).size).toBe(1);
          const byShare = [...life].sort((a, b) => a.percentage - b.percentage);
          let before = asked.map(() => false);
          for (const each of byShare) {
            expect(isPercentage(each.percentage)).toBe(true);
            const now = takenBy(each, asked);
            expect(before.filter((isTaken, index) => isTaken && !now[index])).toEqual([]);
            compared += before.filter(Boolean).length;
            left += now.filter((isTaken) => !isTaken).length;
            before = now;
          }
        }
        const seeds = [...lives.values()].map(([first]) => first?.seed);
        expect(new Set(seeds).size).toBe(seeds.length);
      }),
      { numRuns: 60 },
    );
    // A rule that took nobody, or everybody, would keep this law for nothing.
    expect(compared).toBeGreaterThan(1_000);
    expect(left).toBeGreaterThan(1_000);
  });
});
