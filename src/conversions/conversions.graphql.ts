import { ArgsType, Field, Float, Int, ObjectType } from "type-graphql";
import { CONVERSION_DAYS_MAX, CONVERSION_USERS_MAX, type Conversions } from "./findConversions";
import { PRODUCTION } from "../apps/app.events";
import { DateTimeScalar } from "../graphql/scalars";

@ArgsType()
export class ConversionsArguments {
  @Field(() => String, { defaultValue: PRODUCTION, description: "The environment's name." })
  environment!: string;

  @Field(() => DateTimeScalar, {
    description: "From the day that this instant is in, of the app's time zone.",
  })
  from!: string;

  @Field(() => DateTimeScalar, {
    description: `Up to before this instant: at most ${CONVERSION_DAYS_MAX} days, each of them whole.`,
  })
  to!: string;
}

@ObjectType("ConversionsOnDay", { simpleResolvers: true, description: "Who converted on a day." })
export class ConversionsOnDay {
  @Field(() => DateTimeScalar, { description: "When the day begins." })
  at!: string;

  @Field(() => Float, { description: "How often events of the goal were performed, a whole number." })
  conversions!: number;

  @Field(() => Float, { description: "By how many different users." })
  users!: number;
}

@ObjectType("GoalConversions", {
  simpleResolvers: true,
  description: `How often the events of a goal were performed by users who are known, and by how many of them. Where more than ${CONVERSION_USERS_MAX} are known, a sample of them tells. Errors are at 95 %.`,
})
export class GoalConversions implements Conversions {
  @Field(() => Float, {
    description:
      "How often in all of the time, a whole number. What fits several of the goal's events counts once.",
  })
  conversions!: number;

  @Field(() => Float, { description: "By how many that may be wrong." })
  conversionsError!: number;

  @Field(() => Float, { description: "By how many different users in all of the time." })
  users!: number;

  @Field(() => Float, { description: "By how many that may be wrong." })
  usersError!: number;

  @Field(() => [ConversionsOnDay], { description: "Every day of the time, the first one first." })
  days!: Conversions["days"];

  @Field(() => Int, { description: "How many users are known in the environment." })
  usersInEnvironment!: number;

  @Field(() => Int, { description: "How many users were looked at." })
  sampled!: number;

  @Field(() => Boolean, { description: "Whether that was everybody, so that nothing is wrong." })
  isExact!: boolean;
}
