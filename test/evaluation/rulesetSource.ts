import type { RulesetSource, RuleSource } from "../../src/evaluation/model";

/** A ruleset with what a test names, and nothing else. */
export function sourceOf(part: Partial<RulesetSource>): RulesetSource {
  return {
    app: "shop",
    environment: "production",
    revision: 1,
    keys: [],
    segments: [],
    publications: [],
    disabledFlags: [],
    previews: [],
    testUsers: null,
    userLists: new Map(),
    ...part,
  };
}

/** A rule of 100 % for everyone that sets nothing, but for what a test names. */
export function ruleOf(part: Partial<RuleSource> & Pick<RuleSource, "id">): RuleSource {
  return {
    seed: "seed",
    segmentId: null,
    percentage: 100,
    bucketBy: null,
    bucketByFallback: null,
    values: [],
    ...part,
  };
}
