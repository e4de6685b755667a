import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { CORRECTIONS, type Correction } from "./corrections";
import { GOALS_MAX, VARIATIONS_MAX } from "./planBounds";
import { DEFAULT_SETTINGS } from "./settings";

export const CorrectionEnum = Object.fromEntries(CORRECTIONS.map((each) => [each, each])) as {
  readonly [Name in Correction]: Name;
};

registerEnumType(CorrectionEnum, {
  name: "Correction",
  description: "How p-values are corrected when several are looked at.",
  valuesConfig: {
    NONE: { description: "Not at all." },
    BONFERRONI: { description: "Each of n variations is compared at 100 - 5 / (n - 1) %." },
    HOLM: { description: "Over all goals and variations: the chance of any false claim." },
    BENJAMINI_HOCHBERG: {
      description: "Over all goals and variations: the share of false ones among the claims.",
    },
  },
});

@InputType({
  description: "An A/B test that is thought of: what is known of its goal, and what it is to find.",
})
export class PlanExperimentInput {
  @Field(() => Float, {
    nullable: true,
    description:
      "Of a rate: the share of users who convert today, as 0.05. Either this, or `baselineMean` and `standardDeviation`.",
  })
  baselineRate?: number | null;

  @Field(() => Float, { nullable: true, description: "Of a value: what a user has on average today." })
  baselineMean?: number | null;

  @Field(() => Float, { nullable: true, description: "Of a value: the standard deviation between users." })
  standardDeviation?: number | null;

  @Field(() => Float, {
    description:
      "The smallest lift worth finding, as a share of the baseline: 0.1 is 10 % more, -0.1 is 10 % less.",
  })
  minimumLift!: number;

  @Field(() => Float, {
    defaultValue: 0.8,
    description: "How often a lift of that size is to be found: 0.8 is in four of five tests.",
  })
  power!: number;

  @Field(() => Float, {
    defaultValue: DEFAULT_SETTINGS.alpha,
    description: "How often a lift may be claimed where there is none: 0.05 is a confidence of 95 %.",
  })
  alpha!: number;

  @Field(() => CorrectionEnum, {
    defaultValue: DEFAULT_SETTINGS.correction,
    description: "How several comparisons are corrected.",
  })
  correction!: Correction;

  @Field(() => Int, {
    defaultValue: 2,
    description: `How many variations, the control among them: 2 to ${VARIATIONS_MAX}.`,
  })
  variations!: number;

  @Field(() => Int, {
    defaultValue: 1,
    description: `How many goals, 1 to ${GOALS_MAX}: matters with corrections over all goals.`,
  })
  goals!: number;

  @Field(() => Int, {
    nullable: true,
    description: "How many new users come each day; without it no days are told.",
  })
  usersPerDay?: number | null;

  @Field(() => Float, { defaultValue: 100, description: "How many of 100 users take part." })
  traffic!: number;

  @Field(() => Int, {
    nullable: true,
    description: "How many users each variation has by now, or will have in the end: asks for `reached`.",
  })
  usersPerVariation?: number | null;
}

@ObjectType({ description: "What a number of users is enough for." })
export class PlanReached {
  @Field(() => Float, { description: "How often so many users find the minimum lift, from 0 to 1." })
  power!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      "The smallest lift upwards that so many users find as often as is asked; null if they find none.",
  })
  smallestLift!: number | null;
}

@ObjectType({
  description:
    "How large and long an A/B test must be. For one look at its end; variations have as many users each.",
})
export class ExperimentPlan {
  @Field(() => Float, { description: "The alpha of each comparison, as corrected." })
  alpha!: number;

  @Field(() => Int, { description: "How many users each variation needs." })
  usersPerVariation!: number;

  @Field(() => Int, { description: "How many all variations need together." })
  users!: number;

  @Field(() => Int, { nullable: true, description: "How many days that takes; null without `usersPerDay`." })
  days!: number | null;

  @Field(() => PlanReached, {
    nullable: true,
    description: "Of the users that were given; null without `usersPerVariation`.",
  })
  reached!: PlanReached | null;
}
