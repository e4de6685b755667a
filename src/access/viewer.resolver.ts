import { Ctx, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import { RightEnum, RoleEnum, TokenKindEnum } from "./roles.graphql";
import { RIGHTS_OF, type Actor, type Grant, type Right, type Role, type TokenKind } from "./roles.policy";
import type { Context } from "../graphql/context";

@ObjectType("Grant", { simpleResolvers: true, description: "What somebody may do, and where." })
export class GrantType {
  @Field(() => RoleEnum, { nullable: true, description: "The role; null for a service." })
  role!: Role | null;

  @Field(() => String, {
    nullable: true,
    description: "The slug of the app where it holds; null: in all apps.",
  })
  app!: string | null;

  @Field(() => [String], {
    nullable: true,
    description: "The only environments where it holds; null: in all of them.",
  })
  environments!: readonly string[] | null;

  @Field(() => [RightEnum], { description: "The rights that it gives." })
  rights!: readonly Right[];
}

@ObjectType({ simpleResolvers: true, description: "Who asks." })
export class Viewer {
  @Field(() => ID, { description: "The actor's id, as it stands in the history of what they change." })
  id!: string;

  @Field(() => TokenKindEnum, { description: "Whether it is a person or a service." })
  kind!: TokenKind;

  @Field(() => RoleEnum, {
    nullable: true,
    description: "The role; null for a service, and for a person who has none or several: see `grants`.",
  })
  role!: Role | null;

  @Field(() => String, {
    nullable: true,
    description: "The slug of the one app that they are of; null for all apps, or several: see `grants`.",
  })
  app!: string | null;

  @Field(() => [RightEnum], { description: "Everything that they may do in some app or other." })
  rights!: readonly Right[];

  @Field(() => [GrantType], { description: "What they may do, app by app; a token has one." })
  grants!: readonly GrantType[];
}

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { description: "Who this token belongs to, and what they may do." })
  viewer(@Ctx() { actor }: Context): Viewer {
    return viewerOf(actor);
  }
}

function viewerOf({ id, kind, grants: given }: Actor): Viewer {
  const grants = given.map(toGrant);
  const [first] = grants;
  const only = grants.length === 1 && first ? first : null;
  const rights = Object.values(RightEnum).filter((right) =>
    grants.some((grant) => grant.rights.includes(right)),
  );
  return { id, kind, role: only?.role ?? null, app: only?.app ?? null, rights, grants };
}

function toGrant({ role, app, environments }: Grant): GrantType {
  const isService = role === "SERVER" || role === "CLIENT";
  return { role: isService ? null : role, app, environments, rights: RIGHTS_OF[role] };
}
