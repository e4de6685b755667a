import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import type { Answer, Explanation, ExplanationStep, Reason, StepOutcome } from "../evaluation/model";
import { JsonScalar } from "../graphql/scalars";
import type { Json, JsonObject } from "../lib/json";

export const ReasonEnum: { readonly [Name in Reason]: Name } = {
  DEFAULT: "DEFAULT",
  TARGETING_MATCH: "TARGETING_MATCH",
  SPLIT: "SPLIT",
  EXPERIMENT: "EXPERIMENT",
  ROLLED_OUT: "ROLLED_OUT",
  FORCED: "FORCED",
  HOLDOUT: "HOLDOUT",
  PREVIEW: "PREVIEW",
  DISABLED: "DISABLED",
  ERROR: "ERROR",
};

registerEnumType(ReasonEnum, {
  name: "Reason",
  description: "Why a user gets a value.",
  valuesConfig: {
    DEFAULT: { description: "Nothing that is published decided it: the key's default." },
    TARGETING_MATCH: { description: "A rule for a segment, or for everyone." },
    SPLIT: { description: "A rule for a percentage of users, which the user is in." },
    EXPERIMENT: { description: "A running experiment that the user is in." },
    ROLLED_OUT: { description: "A variation that won and was rolled out." },
    FORCED: { description: "A variation that was forced for the user." },
    HOLDOUT: { description: "The user is held out of experiments." },
    PREVIEW: { description: "A version that test users see before others." },
    DISABLED: { description: "The flag is disabled: the key's default." },
    ERROR: { description: "There is no value; see `errorCode`." },
  },
});

const StepOutcomeEnum: { readonly [Name in StepOutcome]: Name } = {
  PREVIEW: "PREVIEW",
  MATCHED: "MATCHED",
  NOT_MATCHED: "NOT_MATCHED",
  OUTSIDE_PERCENTAGE: "OUTSIDE_PERCENTAGE",
  VALUE_UNSET: "VALUE_UNSET",
  DISABLED: "DISABLED",
  DEFAULT: "DEFAULT",
};

registerEnumType(StepOutcomeEnum, {
  name: "StepOutcome",
  description: "What became of a rule.",
  valuesConfig: {
    PREVIEW: {
      description: "The user is a test user who gets a previewed version; what is published is not tried.",
    },
    MATCHED: { description: "It applies to the user. The first one that does decides." },
    NOT_MATCHED: { description: "The user is not in its segment." },
    OUTSIDE_PERCENTAGE: { description: "The user is in its segment, and not in its percentage." },
    VALUE_UNSET: { description: "It applies to the user and leaves this key to the rules after it." },
    DISABLED: { description: "The flag is disabled: the key's default, whatever its rules say." },
    DEFAULT: { description: "No rule decided: the key's default." },
  },
});

const ErrorCodeEnum: { readonly [Name in NonNullable<Answer["errorCode"]>]: Name } = {
  KEY_NOT_FOUND: "KEY_NOT_FOUND",
};

registerEnumType(ErrorCodeEnum, {
  name: "EvaluationErrorCode",
  description: "What went wrong with one key. The list may grow.",
  valuesConfig: { KEY_NOT_FOUND: { description: "There is no key of this name, or it is archived." } },
});

/** Its segment is declared by the resolver. */
@ObjectType("AnswerRule", { description: "The rule that decided a value." })
export class AnswerRule {
  @Field(() => ID, { description: "The rule's id, which lives on through edits." })
  id!: string;

  /** Not shown: the id behind `segment`. */
  segmentId!: string | null;
}

/** An answer of the evaluation as it is. What it came from is declared by the resolver. */
@ObjectType("KeyAnswer", { description: "One key's value for one user, with why." })
export class KeyAnswer implements Omit<Answer, "source"> {
  @Field(() => String, { description: "The key's name." })
  key!: string;

  @Field(() => JsonScalar, { nullable: true, description: "The value; null with reason ERROR." })
  value!: Json;

  @Field(() => ReasonEnum, { description: "Why it is this value." })
  reason!: Reason;

  @Field(() => ErrorCodeEnum, { nullable: true, description: "With reason ERROR: what went wrong." })
  errorCode!: Answer["errorCode"];

  @Field(() => AnswerRule, {
    nullable: true,
    description: "The rule that decided; null for a default and a disabled flag.",
  })
  rule!: AnswerRule | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "The version of `source` that the value stands in, or that is published of a disabled flag; null for a default.",
  })
  version!: number | null;

  source!: Answer["source"];
}

@ObjectType("Evaluation", { description: "The values that a user gets." })
export class Evaluation {
  @Field(() => Int, { description: "Goes up with every change of the app." })
  revision!: number;

  @Field(() => JsonScalar, {
    description: "The values by key, for those who want nothing else. Keys with reason ERROR are left out.",
  })
  object!: JsonObject;

  @Field(() => [KeyAnswer], {
    description: "The values with their reasons: of the asked keys in their order, or of all keys by name.",
  })
  values!: readonly Answer[];

  @Field(() => Boolean, {
    description:
      "Whether what is stored of the user was looked at; also as of the past, that is what is stored now.",
  })
  hasStoredUser!: boolean;
}

/** Its source and segment are declared by the resolver. */
@ObjectType("ExplanationStep", {
  description: "What became of one rule, or of what stands before all rules.",
})
export class ExplanationStepType implements Omit<ExplanationStep, "source"> {
  @Field(() => Int, {
    nullable: true,
    description:
      "The version of `source`; null for a default, and for a disabled flag that is not published.",
  })
  version!: number | null;

  @Field(() => ID, { nullable: true, description: "The rule's id; null for a default and a disabled flag." })
  ruleId!: string | null;

  @Field(() => StepOutcomeEnum, { description: "What became of it." })
  outcome!: StepOutcome;

  @Field(() => String, { description: 'In words: `device is "Android", not "iPhone"`.' })
  because!: string;

  /** Not shown: the id behind `segment`. */
  segmentId!: string | null;

  source!: ExplanationStep["source"];
}

@ObjectType("Explanation", { description: "Why a user gets a key's value." })
export class ExplanationType {
  @Field(() => String, { description: "The key's name." })
  key!: string;

  @Field(() => JsonScalar, { nullable: true, description: "The value; null with reason ERROR." })
  value!: Json;

  @Field(() => ReasonEnum, { description: "Why it is this value." })
  reason!: Reason;

  @Field(() => ErrorCodeEnum, { nullable: true, description: "With reason ERROR: what went wrong." })
  errorCode!: Answer["errorCode"];

  @Field(() => Int, { description: "Goes up with every change of the app." })
  revision!: number;

  @Field(() => [ExplanationStepType], {
    description:
      "Every rule in the order in which they are tried, and the default if none decided. Of a disabled flag only that.",
  })
  steps!: Explanation["steps"];

  @Field(() => Boolean, {
    description:
      "Whether what is stored of the user was looked at; also as of the past, that is what is stored now.",
  })
  hasStoredUser!: boolean;
}

@ObjectType("SegmentMembership", { description: "Whether a user is in a segment, and why." })
export class SegmentMembership {
  @Field(() => Boolean, { description: "Whether the user is in it." })
  isMember!: boolean;

  @Field(() => String, { description: 'In words: `city is "Berlin", not "Hamburg"`.' })
  because!: string;

  @Field(() => Boolean, {
    description:
      "Whether what is stored of the user was looked at; also as of the past, that is what is stored now.",
  })
  hasStoredUser!: boolean;
}
