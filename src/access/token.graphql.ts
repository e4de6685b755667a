import { Field, ObjectType, registerEnumType } from "type-graphql";
import { RoleEnum, TokenKindEnum } from "./roles.graphql";
import type { Role, TokenKind } from "./roles.policy";
import type { TokenStatus } from "./token.queries";
import { ActorType } from "../graphql/actor.graphql";
import { NamedNode, Node } from "../graphql/node.graphql";
import { DateTimeScalar } from "../graphql/scalars";

export const TokenStatusEnum: { readonly [Name in TokenStatus]: Name } = {
  ACTIVE: "ACTIVE",
  EXPIRED: "EXPIRED",
  REVOKED: "REVOKED",
};

registerEnumType(TokenStatusEnum, {
  name: "TokenStatus",
  description: "Whether a token counts.",
  valuesConfig: {
    ACTIVE: { description: "It counts." },
    EXPIRED: { description: "Its time is over." },
    REVOKED: { description: "Somebody has put an end to it." },
  },
});

/** Its app, status and last use are declared by the resolver. */
@ObjectType("Token", {
  implements: [Node, NamedNode],
  simpleResolvers: true,
  description:
    "Lets a person or a service in. Its secret was shown once, when it was made; the server keeps only a hash of it.",
})
export class Token extends NamedNode {
  /** Not shown: the slug behind `app`. */
  slug!: string | null;

  /** Not shown: what `status` is made of. */
  row!: Readonly<{ revoked_at: string | null; expires_at: string | null }>;

  @Field(() => TokenKindEnum, { description: "Whom it is for." })
  kind!: TokenKind;

  @Field(() => RoleEnum, { nullable: true, description: "What the person may do; null for services." })
  role!: Role | null;

  @Field(() => [String], {
    nullable: true,
    description: "The only environments where it counts; null: all of them. A CLIENT has one.",
  })
  environments!: readonly string[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ends by itself; null: never." })
  expiresAt!: string | null;

  @Field(() => String, { description: "What was noted with the latest change; may be empty." })
  note!: string;

  @Field(() => DateTimeScalar, { description: "When it was created." })
  createdAt!: string;

  @Field(() => ActorType, { description: "Who created it." })
  createdBy!: ActorType;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it last got another secret; null: never.",
  })
  rotatedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Until when the secret before the present one counts, or counted; null if there was none.",
  })
  previousSecretEndsAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was revoked; null if it was not." })
  revokedAt!: string | null;

  @Field(() => ActorType, { nullable: true, description: "Who revoked it; null if nobody did." })
  revokedBy!: ActorType | null;
}
