import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { changeToken } from "./changeToken";
import { Token, TokenStatusEnum } from "./token.graphql";
import { CreateTokenInput, RevokeTokenInput, RotateTokenInput } from "./token.inputs.graphql";
import { toToken, usesByToken } from "./token.nodes";
import { CreateTokenPayload, RevokeTokenPayload, RotateTokenPayload } from "./token.payloads.graphql";
import { listTokens, statusOf, type TokenStatus } from "./token.queries";
import { App, appId } from "../apps/app.graphql";
import { nodeOf } from "../graphql/nodeOf";
import {
  connectionOf,
  connectionType,
  PageArguments,
  pageRequest,
  type Connection,
} from "../graphql/connection";
import type { Context } from "../graphql/context";
import { load } from "../graphql/load";
import { DateTimeScalar } from "../graphql/scalars";

const TokenConnection = connectionType(Token, "Token");

const INPUT = { description: "What to do, and with what." };
const STATUS = { nullable: true, description: "Only those of this status; absent: all." };

@Resolver(() => Token)
export class TokenResolver {
  @Query(() => TokenConnection, {
    description: "The tokens of all apps, by name, the admin token among them.",
  })
  tokens(
    @Args(() => PageArguments) page: PageArguments,
    @Arg("status", () => TokenStatusEnum, STATUS) status: TokenStatus | null,
    @Ctx() context: Context,
  ): Promise<Connection<Token>> {
    return list(context, null, status, page);
  }

  @Mutation(() => CreateTokenPayload, {
    description: "Lets a person or a service in. Whoever has the secret is them: it is shown this once.",
  })
  createToken(
    @Arg("input", () => CreateTokenInput, INPUT) input: CreateTokenInput,
    @Ctx() context: Context,
  ): Promise<CreateTokenPayload> {
    const { name, kind } = input;
    const data = {
      name,
      kind,
      role: input.role ?? null,
      environments: input.environments ?? null,
      environment: input.environment ?? null,
      expiresAt: input.expiresAt ?? null,
      note: input.note ?? "",
    };
    return changeToken(context, { type: "CreateToken", data }, input, input.app ?? null);
  }

  @Mutation(() => RotateTokenPayload, {
    description: "Gives a token another secret; the present one may count for a while longer.",
  })
  rotateToken(
    @Arg("input", () => RotateTokenInput, INPUT) input: RotateTokenInput,
    @Ctx() context: Context,
  ): Promise<RotateTokenPayload> {
    const { tokenId, overlapSeconds, note } = input;
    const data = { tokenId, overlapSeconds, note: note ?? "" };
    return changeToken(context, { type: "RotateToken", data }, input);
  }

  @Mutation(() => RevokeTokenPayload, {
    description:
      "Puts an end to a token: on every server within a second of the answer, and what it has open is ended too. Repeating it is harmless.",
  })
  revokeToken(
    @Arg("input", () => RevokeTokenInput, INPUT) input: RevokeTokenInput,
    @Ctx() context: Context,
  ): Promise<RevokeTokenPayload> {
    const { tokenId, note } = input;
    return changeToken(context, { type: "RevokeToken", data: { tokenId, note: note ?? "" } }, input);
  }

  @FieldResolver(() => App, { nullable: true, description: "The app that it is of; null: of all apps." })
  app(@Root() { slug }: Token, @Ctx() context: Context): Promise<App | null> {
    return nodeOf<App>(context, "App", slug === null ? null : appId(slug));
  }

  @FieldResolver(() => TokenStatusEnum, { description: "Whether it counts now." })
  status(@Root() { row }: Token, @Ctx() { server }: Context): TokenStatus {
    return statusOf(row, server.now().toISOString());
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: "When it was last used, some seconds late; null: never.",
  })
  async lastUsedAt(@Root() { id }: Token, @Ctx() context: Context): Promise<string | null> {
    return (await load(context, usesByToken, id)) ?? null;
  }
}

/** What access adds to `App`. */
@Resolver(() => App)
export class AppTokensResolver {
  @FieldResolver(() => TokenConnection, {
    description: "Its tokens, by name; those of all apps are none of them. Only for an ADMIN.",
  })
  tokens(
    @Root() { slug }: App,
    @Args(() => PageArguments) page: PageArguments,
    @Arg("status", () => TokenStatusEnum, STATUS) status: TokenStatus | null,
    @Ctx() context: Context,
  ): Promise<Connection<Token>> {
    return list(context, slug, status, page);
  }
}

async function list(
  { server }: Context,
  app: string | null,
  status: TokenStatus | null | undefined,
  page: PageArguments,
): Promise<Connection<Token>> {
  const filter = { status: status ?? null, at: server.now().toISOString() };
  const found = await listTokens(server.database, app, filter, pageRequest(page, ["text", "text"]));
  return connectionOf(found, toToken, ({ name, id }) => [name, id]);
}
