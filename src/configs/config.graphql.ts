import { Field, ObjectType } from "type-graphql";
import { NamedNode, Node } from "../graphql/node.graphql";
import { Labelled } from "../labels/label.graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";
import { releaseFields, ReleaseType, RuleType, VersionType } from "../releases/release.graphql";
import type { ReleaseRow } from "../releases/release.tables";

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

/** Its keys and rules are declared by the resolver, which looks up the content. */
@ObjectType("ConfigVersion", {
  simpleResolvers: true,
  description: "An immutable content of a config. Every edit saves a new one, and none is ever lost.",
})
export class ConfigVersion extends VersionType {}

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

/** The keys of a config's latest version, as its row keeps them. */
export function configKeys({ subject }: Pick<ReleaseRow, "subject">): readonly string[] {
  return (subject as ConfigSubject).keys;
}

type ConfigSubject = Readonly<{ keys: readonly string[] }>;
