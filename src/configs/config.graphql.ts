import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import type { ConfigRow } from "./config.tables";
import { ActorType } from "../graphql/actor.graphql";
import { NamedNode, Node } from "../graphql/node.graphql";
import { DateTimeScalar, JsonScalar } from "../graphql/scalars";
import { Difference } from "../history/difference.graphql";
import type { Json } from "../lib/json";

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
export class ConfigRule {
  @Field(() => ID, {
    description: "Lives on through edits that name it. Percentages stay with it: nobody moves.",
  })
  id!: string;

  /** For the resolver that shows the segment. */
  segmentId!: string | null;

  @Field(() => Float, {
    description:
      "The share of those users, 0 to 100 with at most two decimals. The others fall to the next rule.",
  })
  percentage!: number;

  @Field(() => String, {
    nullable: true,
    description: "The property whose value decides who is in the percentage; null: the user's id.",
  })
  bucketBy!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The property that stands in for users without the first one; null: those are in no percentage.",
  })
  bucketByFallback!: string | null;

  @Field(() => [ConfigRuleValue], {
    description: "At least one. A key without a value here is left to the next matching rule.",
  })
  values!: readonly ConfigRuleValue[];
}

@ObjectType("ConfigVersion", {
  simpleResolvers: true,
  description: "An immutable content of a config. Every edit saves a new one, and none is ever lost.",
})
export class ConfigVersion {
  /** For the resolvers of its relations. */
  app!: string;
  keyNames!: readonly string[];
  environmentNames!: readonly string[];

  @Field(() => Int, { description: "Counts from 1 in each config." })
  number!: number;

  @Field(() => String, { description: "What the config was called when this version was saved." })
  name!: string;

  @Field(() => String, { description: "How the config was described when this version was saved." })
  description!: string;

  @Field(() => String, { description: "What its author wrote about it; may be empty." })
  note!: string;

  @Field(() => ActorType, { description: "Who saved it." })
  author!: ActorType;

  @Field(() => DateTimeScalar, { description: "When it was saved." })
  createdAt!: string;

  @Field(() => [ConfigRule], { description: "In order of priority, the highest first; at most 100." })
  rules!: readonly ConfigRule[];
}

@ObjectType("Config", {
  implements: [Node, NamedNode],
  simpleResolvers: true,
  description: "A group of keys with values per segment, in order of priority.",
})
export class Config extends NamedNode {
  /** For the resolvers of its relations. */
  row!: ConfigRow;

  @Field(() => String, { description: "What it is for; may be empty." })
  description!: string;

  @Field(() => Boolean, {
    description: "Archived configs give no values and hold no keys; they can be restored.",
  })
  isArchived!: boolean;

  @Field(() => DateTimeScalar, { description: "When it was created." })
  createdAt!: string;

  @Field(() => ActorType, { description: "Who created it." })
  createdBy!: ActorType;

  @Field(() => DateTimeScalar, { description: "When anything about it changed last." })
  updatedAt!: string;
}

@ObjectType("ConfigDiff", { simpleResolvers: true, description: "What is different between two versions." })
export class ConfigDiff {
  @Field(() => Int, { description: "The version before." })
  from!: number;

  @Field(() => Int, { description: "The version after." })
  to!: number;

  @Field(() => [Difference], { description: "Every difference; empty if both hold the same." })
  changes!: readonly Difference[];
}

/** A config as the API shows it. */
export function toConfig(row: ConfigRow): Config & { typename: "Config" } {
  return {
    typename: "Config",
    row,
    id: row.id,
    name: row.name,
    description: row.description,
    isArchived: row.is_archived,
    createdAt: row.created_at,
    createdBy: { id: row.created_by },
    updatedAt: row.updated_at,
  };
}
