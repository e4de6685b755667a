import type { RulesetSource } from "../src/evaluation/model";
import type { Json, JsonObject } from "../src/lib/json";
import type { PropertyTest, Workload, WorkloadFlag } from "./workload";

/** The workload as a ruleset of ours: a config for each flag, a segment for each of its rules. */
export function rulesetSourceOf({ flags }: Workload): RulesetSource {
  return {
    app: "bench",
    environment: "production",
    revision: 1,
    keys: flags.map(({ name, defaultValue }) => ({ name, defaultValue, isVisibleToClients: true })),
    segments: flags.flatMap((flag) =>
      flag.rules.map((rule) => {
        const id = segmentId(flag, rule.name);
        return { id, name: id, condition: Object.fromEntries(rule.tests.map(conditionEntry)) };
      }),
    ),
    publications: flags.map((flag) => ({
      kind: "Config",
      id: `config_${flag.name}`,
      version: 1,
      keys: [flag.name],
      rules: rulesOf(flag),
    })),
    disabledFlags: [],
    previews: [],
    testUsers: null,
    userLists: new Map(),
  };
}

function rulesOf(flag: WorkloadFlag): RulesetSource["publications"][number]["rules"] {
  const common = { bucketBy: null, bucketByFallback: null };
  const setsTo = (value: Json) => ({ ...common, values: [{ key: flag.name, value }] });
  const { seed, percentage, value } = flag.rollout;
  return [
    ...flag.rules.map((rule) => ({
      ...setsTo(rule.value),
      id: `${flag.name}-${rule.name}`,
      seed: rule.name,
      segmentId: segmentId(flag, rule.name),
      percentage: 100,
    })),
    { ...setsTo(value), id: `${flag.name}-rollout`, seed, segmentId: null, percentage },
  ];
}

const segmentId = (flag: WorkloadFlag, rule: string): string => `segment_${flag.name}_${rule}`;

function conditionEntry(test: PropertyTest): [string, JsonObject] {
  switch (test.kind) {
    case "equals":
      return [test.property, { $eq: test.value }];
    case "oneOf":
      return [test.property, { $in: test.values }];
    case "between":
      return [test.property, { $gte: test.least, $lte: test.most }];
    case "versionFrom":
      return [test.property, { $vgte: test.version }];
    case "before":
      return [test.property, { $before: test.instant }];
  }
}
