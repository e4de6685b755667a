import { Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { answersFor } from "./answersFor";
import { checkKeys, EvaluateArguments, ExplainArguments } from "./delivery.args.graphql";
import { AnswerRule, Evaluation, ExplanationStepType, ExplanationType, KeyAnswer } from "./delivery.graphql";
import { knownUser } from "./knownUser";
import { rulesetOf } from "./rulesetOf.graphql";
import { userOf } from "./userInput.graphql";
import { explain } from "../evaluation/explain";
import type { Answer, ExplanationStep } from "../evaluation/model";
import type { Context } from "../graphql/context";
import { Node } from "../graphql/node.graphql";
import { nodeOf } from "../graphql/nodeOf";
import type { JsonObject } from "../lib/json";
import { Segment } from "../segments/segment.graphql";

@Resolver()
export class DeliveryResolver {
  @Query(() => Evaluation, { description: "The values that a user gets, now or as of a past moment." })
  async evaluate(
    @Args(() => EvaluateArguments) asked: EvaluateArguments,
    @Ctx() { server, actor }: Context,
  ): Promise<Evaluation> {
    const user = userOf(asked.user);
    const keys = checkKeys(asked.keys);
    const { revision, values, hasStoredUser } = await answersFor(server, actor, { ...asked, user, keys });
    return { revision, values, object: objectOf(values), hasStoredUser };
  }

  @Query(() => ExplanationType, {
    description: "Why a user gets a key's value, rule by rule, now or as of a past moment.",
  })
  async explain(
    @Args(() => ExplainArguments) asked: ExplainArguments,
    @Ctx() { server }: Context,
  ): Promise<ExplanationType> {
    const given = userOf(asked.user);
    const { ruleset, nowMs } = await rulesetOf(server, asked);
    const { user, isStored } = await knownUser(server, { ruleset, nowMs }, given);
    const { answer, steps } = explain(ruleset, asked.key, user, nowMs);
    const { key, value, reason, errorCode } = answer;
    const { revision } = ruleset.source;
    return { key, value, reason, errorCode, steps, revision, hasStoredUser: isStored };
  }
}

@Resolver(() => KeyAnswer)
export class KeyAnswerResolver {
  @FieldResolver(() => Node, {
    nullable: true,
    description: "What the value comes from, or the disabled flag; null for a default.",
  })
  source(@Root() { source }: Answer, @Ctx() context: Context): Promise<Node | null> {
    return nodeOf(context, source?.kind ?? "", source?.id);
  }
}

@Resolver(() => AnswerRule)
export class AnswerRuleResolver {
  @FieldResolver(() => Segment, { nullable: true, description: "Whom the rule is for; null for everyone." })
  segment(@Root() { segmentId }: AnswerRule, @Ctx() context: Context): Promise<Segment | null> {
    return nodeOf<Segment>(context, "Segment", segmentId);
  }
}

@Resolver(() => ExplanationStepType)
export class ExplanationStepResolver {
  @FieldResolver(() => Node, {
    nullable: true,
    description: "What the rule stands in, or the disabled flag; null for a default.",
  })
  source(@Root() { source }: ExplanationStep, @Ctx() context: Context): Promise<Node | null> {
    return nodeOf(context, source?.kind ?? "", source?.id);
  }

  @FieldResolver(() => Segment, {
    nullable: true,
    description: "Whom the rule is for; null for everyone, and for a default.",
  })
  segment(@Root() { segmentId }: ExplanationStep, @Ctx() context: Context): Promise<Segment | null> {
    return nodeOf<Segment>(context, "Segment", segmentId);
  }
}

function objectOf(values: readonly Answer[]): JsonObject {
  return Object.fromEntries(
    values.filter(({ reason }) => reason !== "ERROR").map(({ key, value }) => [key, value]),
  );
}
