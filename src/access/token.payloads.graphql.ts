import { Field, ObjectType } from "type-graphql";
import { Token } from "./token.graphql";
import { UserError } from "../graphql/userError";

const REFUSED = "Every reason why nothing changed; empty on success.";
const SECRET =
  "What to send as `Authorization: Bearer …`, shown this once: keep it. Null if it was refused, and when a command is repeated.";

@ObjectType({ description: "What came of creating a token." })
export class CreateTokenPayload {
  @Field(() => Token, { nullable: true, description: "The new token; null if it was refused." })
  token!: Token | null;

  @Field(() => String, { nullable: true, description: SECRET })
  secret!: string | null;

  @Field(() => [UserError], { description: REFUSED })
  errors!: readonly UserError[];
}

@ObjectType({ description: "What came of giving a token another secret." })
export class RotateTokenPayload {
  @Field(() => Token, { nullable: true, description: "The token as it is now; null if it was refused." })
  token!: Token | null;

  @Field(() => String, { nullable: true, description: SECRET })
  secret!: string | null;

  @Field(() => [UserError], { description: REFUSED })
  errors!: readonly UserError[];
}

@ObjectType({ description: "What came of revoking a token." })
export class RevokeTokenPayload {
  @Field(() => Token, { nullable: true, description: "The token as it is now; null if it was refused." })
  token!: Token | null;

  @Field(() => [UserError], { description: REFUSED })
  errors!: readonly UserError[];
}
