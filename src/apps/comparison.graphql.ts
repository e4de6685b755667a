import { ArgsType, Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { ValidatableInput } from "../graphql/command.graphql";
import { PageArguments } from "../graphql/connection";
import { NamedNode } from "../graphql/node.graphql";
import { WarnedPayload } from "../graphql/payload.graphql";
import { Difference } from "../history/difference.graphql";

@ObjectType("EnvironmentDifference", {
  simpleResolvers: true,
  description: "What two environments have active of one config or flag.",
})
export class EnvironmentDifference {
  @Field(() => NamedNode, { description: "The config or flag." })
  release!: NamedNode;

  @Field(() => Int, { nullable: true, description: "The version that is active in `from`; null if none is." })
  fromVersion!: number | null;

  @Field(() => Int, { nullable: true, description: "The version that is active in `to`; null if none is." })
  toVersion!: number | null;

  @Field(() => [Difference], {
    description: "What promoting it would change in `to`: before, as it is there; after, as it is in `from`.",
  })
  changes!: readonly Difference[];
}

@ArgsType()
export class CompareEnvironmentsArguments extends PageArguments {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { description: "The environment to compare, as one that is ahead." })
  from!: string;

  @Field(() => String, { description: "The environment to compare it with." })
  to!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Whether configs and flags are listed too of which both have the same version active.",
  })
  includesSame!: boolean;
}

@InputType({ description: "What is to be active in one environment as it is in another." })
export class PromoteInput extends ValidatableInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { description: "The environment whose active versions are taken." })
  from!: string;

  @Field(() => String, { description: "The environment in which they become active." })
  to!: string;

  @Field(() => [ID], { nullable: true, description: "Configs that are active in `from`." })
  configIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: "Flags that are active in `from`." })
  flagIds?: string[] | null;
}

@ObjectType("Promotion", { simpleResolvers: true, description: "What became of one config or flag." })
export class Promotion {
  @Field(() => NamedNode, { description: "The config or flag." })
  release!: NamedNode;

  @Field(() => Int, {
    nullable: true,
    description: "The version that was active in `to` before; null if none was.",
  })
  previousVersion!: number | null;

  @Field(() => Int, {
    description: "The version that is active there now, or would be after `validateOnly`.",
  })
  version!: number;

  @Field(() => [Difference], { description: "What is different between the two; empty if nothing is." })
  changes!: readonly Difference[];
}

@ObjectType({ description: "What came of promoting." })
export class PromotePayload extends WarnedPayload {
  @Field(() => [Promotion], {
    nullable: true,
    description: "Everything that was promoted, or would be after `validateOnly`; null if there are errors.",
  })
  promoted!: readonly Promotion[] | null;
}
