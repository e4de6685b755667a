import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { ListedUser } from "../audience/listedUser.graphql";
import { ExplanationType } from "../delivery/delivery.graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

@InputType({ description: "A version that would be published: of a config or of a flag, one of the two." })
export class WhatIfChangeInput {
  @Field(() => ID, { nullable: true, description: "The config's id." })
  configId?: string | null;

  @Field(() => ID, { nullable: true, description: "The flag's id." })
  flagId?: string | null;

  @Field(() => Int, { description: "The version's number." })
  version!: number;
}

@ObjectType({ simpleResolvers: true, description: "Users who would get another value of a key." })
export class WhatIfTransition {
  @Field(() => String, { description: "The key's name." })
  key!: string;

  @Field(() => JsonScalar, { nullable: true, description: "The value that they get." })
  from!: Json;

  @Field(() => JsonScalar, { nullable: true, description: "The value that they would get." })
  to!: Json;

  @Field(() => ID, { nullable: true, description: "The rule that decides now; null for a default." })
  fromRule!: string | null;

  @Field(() => ID, { nullable: true, description: "The rule that would decide; null for a default." })
  toRule!: string | null;

  @Field(() => Int, { description: "How many of the users who were looked at." })
  users!: number;
}

@ObjectType({ simpleResolvers: true, description: "One of the users who would get another value." })
export class WhatIfExample {
  @Field(() => ListedUser, { description: "Who." })
  user!: ListedUser;

  @Field(() => ExplanationType, { description: "Why they get the value that they get." })
  before!: ExplanationType;

  @Field(() => ExplanationType, { description: "Why they would get the other one." })
  after!: ExplanationType;
}

@ObjectType({ simpleResolvers: true, description: "What users would get if something was published." })
export class WhatIf {
  @Field(() => Int, { description: "How many users were looked at." })
  users!: number;

  @Field(() => Int, { description: "How many of them would get another value of some key." })
  usersChanged!: number;

  @Field(() => Boolean, { description: "Whether those are all users who are known, and not a sample." })
  isExact!: boolean;

  @Field(() => [WhatIfTransition], {
    description: "Which values would become which, by rules; the most frequent first.",
  })
  transitions!: readonly WhatIfTransition[];

  @Field(() => Int, { description: "How many changes of values are of none of these." })
  otherChanges!: number;

  @Field(() => [WhatIfExample], { description: "Some of those who would get another value." })
  sample!: readonly WhatIfExample[];
}
