import { createRequire } from "node:module";
import { join } from "node:path";
import type { Engine } from "./evaluate";
import type { PropertyTest, Workload, WorkloadFlag } from "./workload";

/** What we use of flagd-core; the peers are installed apart, so their own types are not at hand. */
interface FlagdCore {
  setConfigurations(text: string): string[];
  resolveAll(context: object): readonly { flagKey: string; value: unknown }[];
  resolveStringEvaluation(name: string, otherwise: string, context: object): { value: unknown };
  resolveObjectEvaluation(name: string, otherwise: object, context: object): { value: unknown };
}

/** flagd-core over the workload, its targeting compiled, or null if it is not installed. */
export function loadFlagd(workload: Workload): Engine | null {
  const core = newCore();
  if (core === null) return null;
  const entries = workload.flags.map((flag) => [flag.name, definitionOf(flag)]);
  core.setConfigurations(JSON.stringify({ flags: Object.fromEntries(entries) }));
  const contexts = workload.users.map(({ id, properties }) => ({ targetingKey: id, ...properties }));
  const context = (index: number): object => contexts[index % contexts.length] ?? {};
  return {
    all: (user) => core.resolveAll(context(user)).map(({ flagKey, value }) => ({ key: flagKey, value })),
    one: (user, index) => {
      const flag = workload.flags[index];
      if (flag === undefined) return null;
      return typeof flag.defaultValue === "string"
        ? core.resolveStringEvaluation(flag.name, "", context(user)).value
        : core.resolveObjectEvaluation(flag.name, {}, context(user)).value;
    },
  };
}

function newCore(): FlagdCore | null {
  try {
    const load = createRequire(join(process.cwd(), "bench", "package.json"));
    const { FlagdCore } = load("@openfeature/flagd-core") as { FlagdCore: new () => FlagdCore };
    return new FlagdCore();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return null;
    throw error;
  }
}

function definitionOf(flag: WorkloadFlag): object {
  const variants = {
    ...Object.fromEntries(flag.rules.map(({ name, value }) => [name, value])),
    rollout: flag.rollout.value,
    default: flag.defaultValue,
  };
  const shares = [
    ["rollout", flag.rollout.percentage],
    ["default", 100 - flag.rollout.percentage],
  ];
  const targeting = {
    if: [
      ...flag.rules.flatMap(({ name, tests }) => [{ and: tests.map(logicOf) }, name]),
      { fractional: shares },
    ],
  };
  return { state: "ENABLED", variants, defaultVariant: "default", targeting };
}

function logicOf(test: PropertyTest): object {
  const value = { var: test.property };
  switch (test.kind) {
    case "equals":
      return { "===": [value, test.value] };
    case "oneOf":
      return { in: [value, test.values] };
    case "between":
      return { "<=": [test.least, value, test.most] };
    case "versionFrom":
      return { sem_ver: [value, ">=", test.version] };
    case "before":
      // All instants are written alike, so that the order of the texts is theirs.
      return { "<": [value, test.instant] };
  }
}
