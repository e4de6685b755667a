import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { User } from "./audience.graphql";
import { Payload } from "../graphql/payload.graphql";
import { DateTimeScalar } from "../graphql/scalars";

@InputType({ description: "Whom to forget." })
export class EraseUserInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => ID, { description: "The user's id." })
  userId!: string;
}

@ObjectType({ simpleResolvers: true, description: "What was forgotten of a user." })
export class ErasureReceipt {
  @Field(() => DateTimeScalar, { description: "When." })
  erasedAt!: string;

  @Field(() => [ID], {
    description:
      "Under which ids the user was known: that which was asked for first, then those which became it or which it became.",
  })
  ids!: readonly string[];

  @Field(() => Int, { description: "In how many environments something was known of the user." })
  environments!: number;

  @Field(() => Int, { description: "How many events there were." })
  events!: number;

  @Field(() => Int, { description: "In how many lists of user ids they stood." })
  lists!: number;
}

@ObjectType({ description: "What was forgotten, or why nothing was." })
export class EraseUserPayload extends Payload {
  @Field(() => ErasureReceipt, { nullable: true, description: "The receipt; null if there are errors." })
  receipt!: ErasureReceipt | null;
}

@ObjectType({ simpleResolvers: true, description: "What is known of a user in one environment." })
export class UserInEnvironment {
  @Field(() => String, { description: "The environment's name." })
  environment!: string;

  @Field(() => User, { description: "What is known there; its events come in pages." })
  user!: User;
}

@ObjectType({ simpleResolvers: true, description: "Everything that is stored of a user." })
export class UserExport {
  @Field(() => DateTimeScalar, { description: "As of when." })
  exportedAt!: string;

  @Field(() => [ID], { description: "Under which ids the user is known: that which was asked for first." })
  ids!: readonly string[];

  @Field(() => [UserInEnvironment], { description: "Where something is known." })
  environments!: readonly UserInEnvironment[];

  @Field(() => [ID], {
    description: "The lists of user ids in which the ids stand, by the names that conditions give them.",
  })
  lists!: readonly string[];
}
