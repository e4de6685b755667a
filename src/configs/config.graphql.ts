import { Field, ObjectType } from "type-graphql";
import type { ConfigContent } from "./config.events";
import { NamedNode, Node } from "../graphql/node.graphql";
import { Labelled } from "../labels/label.graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";
import {
  releaseFields,
  ReleaseType,
  RuleType,
  versionFields,
  VersionType,
} from "../releases/release.graphql";
import type { ReleaseRow, ReleaseVersionRow } from "../releases/release.tables";

@ObjectType("ConfigRuleValue", { simpleResolvers: true, description: "What a rule sets one key to." })
export class ConfigRuleValue {
  @Field(() => String, { description: "The key's name." })
  key!: string;

  @Field(() => JsonScalar, { description: "The value, of the key's type." })
  value!: Json;
}

@ObjectType("ConfigRule", {
  simpleResolvers: true,
  description: "One line of a config: for whom, which share of them, and the values that they get.",
})
export class ConfigRule extends RuleType {
  @Field(() => [ConfigRuleValue], {
    description: "At least one. A key without a value here is left to the next matching rule.",
  })
  values!: readonly ConfigRuleValue[];
}

@ObjectType("ConfigVersion", {
  simpleResolvers: true,
  description: "An immutable content of a config. Every edit saves a new one, and none is ever lost.",
})
export class ConfigVersion extends VersionType {
  /** For the resolver of its keys. */
  keyNames!: readonly string[];

  @Field(() => [ConfigRule], { description: "In order of priority, the highest first; at most 100." })
  rules!: readonly ConfigRule[];
}

@ObjectType("Config", {
  implements: [Node, NamedNode, Labelled],
  simpleResolvers: true,
  description: "A group of keys with values per segment, in order of priority.",
})
export class Config extends ReleaseType {}

/** A config as the API shows it. */
export function toConfig(row: ReleaseRow): Config & { typename: "Config" } {
  return { typename: "Config", ...releaseFields(row) };
}

/** A version of a config as the API shows it. */
export function toConfigVersion(row: ReleaseVersionRow, release: ReleaseRow): ConfigVersion {
  const { keys: keyNames, rules } = configContent(row);
  return { ...versionFields(row, release), keyNames, rules };
}

/** The content in a row of a config, which was saved as one. */
function configContent({ content }: Pick<ReleaseVersionRow, "content">): ConfigContent {
  return content as ConfigContent;
}

/** The keys of a config's latest version, as its row keeps them. */
export function configKeys({ subject }: Pick<ReleaseRow, "subject">): readonly string[] {
  return (subject as ConfigSubject).keys;
}

type ConfigSubject = Readonly<{ keys: readonly string[] }>;
