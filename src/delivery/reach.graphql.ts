import { ArgsType, Field, Float, Int, ObjectType } from "type-graphql";
import { REACH_DAYS_MAX, type Reached } from "./findReach";
import { SKETCH_ERROR } from "./sketch";
import { VERSIONS_TOLD_MAX } from "./statistics.queries";
import { PRODUCTION } from "../apps/app.events";
import { DateTimeScalar } from "../graphql/scalars";

const USERS = "About how many different users.";

@ArgsType()
export class ReachArguments {
  @Field(() => String, { defaultValue: PRODUCTION, description: "The environment's name." })
  environment!: string;

  @Field(() => DateTimeScalar, {
    description: "From the day that this instant is in, of the app's time zone.",
  })
  from!: string;

  @Field(() => DateTimeScalar, { description: `Up to before this instant: at most ${REACH_DAYS_MAX} days.` })
  to!: string;
}

@ObjectType("ReachedOnDay", { simpleResolvers: true, description: "Whom it reached on a day." })
export class ReachedOnDay {
  @Field(() => DateTimeScalar, { description: "When the day begins." })
  at!: string;

  @Field(() => Float, { description: USERS })
  users!: number;
}

@ObjectType("ReachedByKey", { simpleResolvers: true, description: "Who was given a key." })
export class ReachedByKey {
  @Field(() => String, { description: "The key's name." })
  key!: string;

  @Field(() => Float, { description: USERS })
  users!: number;
}

@ObjectType("ReachedByVersion", { simpleResolvers: true, description: "Whom a version reached." })
export class ReachedByVersion {
  @Field(() => Int, { description: "The version's number." })
  version!: number;

  @Field(() => Float, { description: USERS })
  users!: number;
}

@ObjectType("DeliveryReach", {
  simpleResolvers: true,
  description: `How many different users were given anything of a config or flag, each once: with a standard error of ${SKETCH_ERROR * 100} %.`,
})
export class DeliveryReach implements Reached {
  @Field(() => Float, { description: "About how many different users in all of the time." })
  users!: number;

  @Field(() => [ReachedOnDay], { description: "Every day of the time, the first one first." })
  days!: Reached["days"];

  @Field(() => [ReachedByKey], { description: "By key, in the order of their names." })
  byKey!: Reached["byKey"];

  @Field(() => [ReachedByVersion], {
    description: `By version, the latest first: at most ${VERSIONS_TOLD_MAX}.`,
  })
  byVersion!: Reached["byVersion"];
}
