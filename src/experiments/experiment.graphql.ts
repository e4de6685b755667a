import { Field, Float, ObjectType } from "type-graphql";
import type { MeasuredGoal } from "./experiment.events";
import { ActorType } from "../graphql/actor.graphql";
import { NamedNode, Node } from "../graphql/node.graphql";
import { DateTimeScalar, JsonScalar } from "../graphql/scalars";
import { Labelled } from "../labels/label.graphql";
import type { Json } from "../lib/json";

@ObjectType("VariationValue", { simpleResolvers: true, description: "What a variation sets one key to." })
export class VariationValueType {
  @Field(() => String, { description: "The key's name." })
  key!: string;

  @Field(() => JsonScalar, { description: "The value, of the key's type." })
  value!: Json;
}

@ObjectType("Variation", {
  simpleResolvers: true,
  description: "What a share of the users in an experiment gets.",
})
export class VariationType {
  @Field(() => String, { description: "Tells it apart from the others of its experiment." })
  name!: string;

  @Field(() => Float, {
    description: "The share of the users in the experiment that get it; all weights together are 100.",
  })
  weight!: number;

  @Field(() => Boolean, { description: "Whether the others are compared with it: it is the first one." })
  isControl!: boolean;

  @Field(() => [VariationValueType], {
    description: "A key without a value here has the one that users get without the experiment.",
  })
  values!: readonly VariationValueType[];
}

/** The goal is declared by the resolver. */
@ObjectType("ExperimentGoal", { simpleResolvers: true, description: "A goal that an experiment measures." })
export class ExperimentGoal implements MeasuredGoal {
  /** For the resolver of the goal. */
  goalId!: string;

  @Field(() => Boolean, { description: "Whether it decides: the first goal does." })
  isPrimary!: boolean;

  @Field(() => Boolean, { description: "Whether it only must not get worse." })
  isGuardrail!: boolean;
}

/** Its segment and environment are declared by the resolver. */
@ObjectType("Experiment", {
  implements: [Node, NamedNode, Labelled],
  simpleResolvers: true,
  description:
    "An A/B test: variations of values for some keys, of which each user in it gets one, and the goals by which they are compared. Its name is unique among experiments that are not archived.",
})
export class Experiment extends Labelled {
  /** Not shown: for what is looked up of it. */
  app!: string;
  environmentName!: string;
  segmentId!: string | null;

  @Field(() => String, { description: "What it is for, for people; may be empty." })
  description!: string;

  @Field(() => Float, {
    description:
      "The share of those users who are in the experiment, 0 to 100 with at most two decimals. More of it takes users in and moves nobody.",
  })
  traffic!: number;

  @Field(() => String, {
    nullable: true,
    description: "The property whose value gets a variation, as a company; null: the user's id does.",
  })
  bucketBy!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The property that stands in for users without the first one; null: those are in no experiment.",
  })
  bucketByFallback!: string | null;

  @Field(() => [VariationType], { description: "2 to 8; the first one is the control." })
  variations!: readonly VariationType[];

  @Field(() => [ExperimentGoal], { description: "1 to 5; the first one is the primary goal." })
  goals!: readonly ExperimentGoal[];

  @Field(() => [String], { description: "Names of the keys that its variations set." })
  keys!: readonly string[];

  @Field(() => String, { description: "What was noted with the latest change; may be empty." })
  note!: string;

  @Field(() => Boolean, { description: "Whether it was put away; it can be restored." })
  isArchived!: boolean;

  @Field(() => DateTimeScalar, { description: "When it was created." })
  createdAt!: string;

  @Field(() => ActorType, { description: "Who created it." })
  createdBy!: ActorType;

  @Field(() => DateTimeScalar, { description: "When anything about it changed last." })
  updatedAt!: string;

  @Field(() => ActorType, { description: "Who did that: a person, or the scheduler." })
  updatedBy!: ActorType;
}
