import { Field, ID, InputType, Int } from "type-graphql";
import { RoleEnum, TokenKindEnum } from "./roles.graphql";
import type { Role, TokenKind } from "./roles.policy";
import { OVERLAP_SECONDS_MAX } from "./token.decider";
import { NotedInput } from "../graphql/command.graphql";
import { DateTimeScalar } from "../graphql/scalars";

@InputType({ description: "A new token." })
export class CreateTokenInput extends NotedInput {
  @Field(() => String, {
    nullable: true,
    description: "The slug of the app that it is of; absent: of all apps, which takes an ADMIN of all apps.",
  })
  app?: string | null;

  @Field(() => String, {
    description: "What people call it: 1 to 120 characters, unique among the tokens that are not revoked.",
  })
  name!: string;

  @Field(() => TokenKindEnum, { description: "Whom it is for." })
  kind!: TokenKind;

  @Field(() => RoleEnum, { nullable: true, description: "What the person may do; only for kind PERSON." })
  role?: Role | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "The only environments where an EDITOR or PUBLISHER may change something; absent: all of them.",
  })
  environments?: string[] | null;

  @Field(() => String, { nullable: true, description: "Where a CLIENT's users live; only for kind CLIENT." })
  environment?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ends by itself; absent: never." })
  expiresAt?: string | null;
}

@InputType({ description: "A token that is to get another secret." })
export class RotateTokenInput extends NotedInput {
  @Field(() => ID, { description: "The token." })
  tokenId!: string;

  @Field(() => Int, {
    defaultValue: 0,
    description: `How long the present secret counts beside the new one: 0 to ${OVERLAP_SECONDS_MAX} seconds (7 days). One from an earlier rotation ends at once.`,
  })
  overlapSeconds!: number;
}

@InputType({ description: "A token that is to count no more." })
export class RevokeTokenInput extends NotedInput {
  @Field(() => ID, { description: "The token." })
  tokenId!: string;
}
