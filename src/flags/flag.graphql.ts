import { Field, ObjectType } from "type-graphql";
import { Environment } from "../apps/app.graphql";
import { ActorType } from "../graphql/actor.graphql";
import { NamedNode, Node } from "../graphql/node.graphql";
import { Labelled } from "../labels/label.graphql";
import { DateTimeScalar } from "../graphql/scalars";
import { releaseFields, ReleaseType, RuleType, VersionType } from "../releases/release.graphql";
import type { ReleaseRow } from "../releases/release.tables";

@ObjectType("FlagRule", {
  simpleResolvers: true,
  description: "One line of a flag: for whom, which share of them, and whether it is on or off for them.",
})
export class FlagRule extends RuleType {
  @Field(() => Boolean, { description: "What those get whom the rule takes." })
  value!: boolean;
}

/** Its key and rules are declared by the resolver, which looks up the content. */
@ObjectType("FlagVersion", {
  simpleResolvers: true,
  description: "An immutable content of a flag. Every edit saves a new one, and none is ever lost.",
})
export class FlagVersion extends VersionType {}

/** Its key and its kill switch are declared by the resolver. */
@ObjectType("Flag", {
  implements: [Node, NamedNode, Labelled],
  simpleResolvers: true,
  description: "A BOOLEAN key with a share of users per segment, in order of priority, and a kill switch.",
})
export class Flag extends ReleaseType {}

@ObjectType({ simpleResolvers: true, description: "That a flag is disabled in an environment." })
export class DisabledFlag {
  @Field(() => Environment, { description: "Where." })
  environment!: Environment;

  @Field(() => DateTimeScalar, { description: "Since when." })
  disabledAt!: string;

  @Field(() => ActorType, { description: "Who disabled it." })
  disabledBy!: ActorType;

  @Field(() => String, { description: "Why, in their words; may be empty." })
  note!: string;
}

/** A flag as the API shows it. */
export function toFlag(row: ReleaseRow): Flag & { typename: "Flag" } {
  return { typename: "Flag", ...releaseFields(row) };
}

/** The key of a flag's latest version, as its row keeps it. */
export function flagKey({ subject }: Pick<ReleaseRow, "subject">): string {
  return (subject as Readonly<{ key: string }>).key;
}
