import { ArgsType, Field, Float, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { BUCKETS_MAX, type Bucket } from "./buckets.policy";
import { ReasonEnum } from "./delivery.graphql";
import { VALUES_TOLD_MAX, VERSIONS_TOLD_MAX, type Statistics } from "./statistics.queries";
import { PRODUCTION } from "../apps/app.events";
import type { Reason } from "../evaluation/model";
import { DateTimeScalar, JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

const BucketEnum: { readonly [Name in Bucket]: Name } = { HOUR: "HOUR", DAY: "DAY", MONTH: "MONTH" };
registerEnumType(BucketEnum, {
  name: "StatisticsBucket",
  description: "In which steps of time something is counted.",
  valuesConfig: {
    HOUR: { description: "By the hour of UTC." },
    DAY: { description: "By the day of the app's time zone." },
    MONTH: { description: "By the month of the app's time zone." },
  },
});

/** Of which time, and of whom. */
@ArgsType()
export class StatisticsArguments {
  @Field(() => String, { defaultValue: PRODUCTION, description: "The environment's name." })
  environment!: string;

  @Field(() => DateTimeScalar, { description: "From the bucket that this instant is in." })
  from!: string;

  @Field(() => DateTimeScalar, { description: `Up to before this instant: at most ${BUCKETS_MAX} buckets.` })
  to!: string;

  @Field(() => BucketEnum, { defaultValue: BucketEnum.DAY, description: "The steps of the trend." })
  bucket!: Bucket;

  @Field(() => ID, {
    nullable: true,
    description: "Only what rules for this segment gave; absent: all.",
  })
  segmentId?: string | null;
}

@ObjectType("DeliveryBucket", { simpleResolvers: true, description: "What was delivered in a step of time." })
export class DeliveryBucket {
  @Field(() => DateTimeScalar, { description: "When it begins." })
  at!: string;

  @Field(() => Float, { description: "How often, a whole number." })
  count!: number;
}

@ObjectType("DeliveriesByValue", { simpleResolvers: true, description: "How often a key had a value." })
export class DeliveriesByValue {
  @Field(() => String, { description: "The key's name." })
  key!: string;

  @Field(() => JsonScalar, { nullable: true, description: "The value; null also for others." })
  value!: Json;

  @Field(() => Boolean, { description: "Whether it is all other values of the key together." })
  isOther!: boolean;

  @Field(() => Float, { description: "How often, a whole number." })
  count!: number;
}

@ObjectType("DeliveriesByReason", { simpleResolvers: true, description: "How often a reason decided." })
export class DeliveriesByReason {
  @Field(() => ReasonEnum, { description: "Why users got what they got." })
  reason!: Reason;

  @Field(() => Float, { description: "How often, a whole number." })
  count!: number;
}

@ObjectType("DeliveriesByVersion", { simpleResolvers: true, description: "How often a version decided." })
export class DeliveriesByVersion {
  @Field(() => Int, { description: "The version's number." })
  version!: number;

  @Field(() => Float, { description: "How often, a whole number." })
  count!: number;
}

@ObjectType("DeliveryStatistics", {
  simpleResolvers: true,
  description:
    "How often the keys of a config or flag were delivered to users, each key of an answer counted by itself.",
})
export class DeliveryStatistics implements Statistics {
  @Field(() => Float, { description: "How often in all of the time, a whole number." })
  total!: number;

  @Field(() => [DeliveryBucket], { description: "The trend: every step of the time, the first one first." })
  buckets!: Statistics["buckets"];

  @Field(() => [DeliveriesByValue], {
    description: `By key and value: of each key the ${VALUES_TOLD_MAX} that were delivered most often, and the others together.`,
  })
  byValue!: Statistics["byValue"];

  @Field(() => [DeliveriesByReason], {
    description: "By reason, the most frequent first: DEFAULT tells how often no rule decided.",
  })
  byReason!: Statistics["byReason"];

  @Field(() => [DeliveriesByVersion], {
    description: `By version, the latest first: at most ${VERSIONS_TOLD_MAX}. What a flag answered while it was disabled and not published has none.`,
  })
  byVersion!: Statistics["byVersion"];
}
