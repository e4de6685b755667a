import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";
import { ReasonEnum } from "./delivery.graphql";
import { BATCH_IDS_KEPT_DAYS } from "./pruneDeliveries";
import {
  BATCH_ID_LENGTH_MAX,
  REPORT_EARLY_MINUTES_MAX,
  REPORT_LATE_DAYS_MAX,
  REPORTED_COUNT_MAX,
  REPORTED_ROWS_MAX,
  REPORTED_VALUE_LENGTH_MAX,
} from "./checkReport";
import { PRODUCTION } from "../apps/app.events";
import type { Reason } from "../evaluation/model";
import { Payload } from "../graphql/payload.graphql";
import { DateTimeScalar, JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

@InputType({ description: "How often users were given a key's value." })
export class ReportedDeliveryInput {
  @Field(() => String, { description: "The key's name." })
  key!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: `The value, as the key's type has it. One of more than ${REPORTED_VALUE_LENGTH_MAX} characters as JSON counts as one of the others.`,
  })
  value?: Json;

  @Field(() => ReasonEnum, { description: "Why it was this value." })
  reason!: Reason;

  @Field(() => ID, {
    nullable: true,
    description:
      "The config or flag that it came from; absent: the one that is published with the key now. Not for CLIENT tokens.",
  })
  sourceId?: string | null;

  @Field(() => Int, { nullable: true, description: "The version of that. Not for CLIENT tokens." })
  version?: number | null;

  @Field(() => ID, {
    nullable: true,
    description: "The segment of the rule that decided. Not for CLIENT tokens.",
  })
  segmentId?: string | null;

  @Field(() => DateTimeScalar, {
    description: `Any instant in the hour of UTC: up to ${REPORT_LATE_DAYS_MAX} days ago, and ${REPORT_EARLY_MINUTES_MAX} minutes ahead.`,
  })
  at!: string;

  @Field(() => Int, { description: `How often, 1 to ${REPORTED_COUNT_MAX}.` })
  count!: number;
}

@InputType({ description: "What users were given by who evaluates by himself." })
export class ReportDeliveriesInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { defaultValue: PRODUCTION, description: "The environment's name." })
  environment!: string;

  @Field(() => ID, {
    description: `The sender's own id of the batch, 1 to ${BATCH_ID_LENGTH_MAX} characters, as a UUID: for ${BATCH_IDS_KEPT_DAYS} days it counts once.`,
  })
  batchId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "The one user to whom all of it was given, if it is one: so it is known whom it reached.",
  })
  userId?: string | null;

  @Field(() => [ReportedDeliveryInput], { description: `1 to ${REPORTED_ROWS_MAX} of them.` })
  deliveries!: readonly ReportedDeliveryInput[];
}

@ObjectType({ description: "Whether it counts." })
export class ReportDeliveriesPayload extends Payload {
  @Field(() => Float, {
    nullable: true,
    description: "How many deliveries are counted by this: 0 for a repeat; null if there are errors.",
  })
  accepted!: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the batch was counted before; null if there are errors.",
  })
  isRepeat!: boolean | null;
}
