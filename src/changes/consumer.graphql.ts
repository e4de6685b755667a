import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";
import { ChangesStartAt } from "./changes.graphql";
import { CONSUMERS_PER_APP_MAX, PARTITIONS_MAX } from "./consumers.policy";
import { Payload } from "../graphql/payload.graphql";
import { DateTimeScalar } from "../graphql/scalars";

@ObjectType("ConsumerPartition", {
  simpleResolvers: true,
  description: "A share of an app's things whose changes one instance of a consumer works on, in order.",
})
export class ConsumerPartition {
  @Field(() => Int, { description: "From 0 on." })
  number!: number;

  @Field(() => String, { description: "Everything up to here is acknowledged." })
  cursor!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When something was last acknowledged; null if nothing was since it was made or reset.",
  })
  acknowledgedAt!: string | null;

  @Field(() => Int, {
    description:
      "How many changes of the app, of all partitions and whatever the filter, came after the cursor.",
  })
  lagEvents!: number;

  @Field(() => Float, { description: "How long ago the first of them was; 0 if there is none." })
  lagSeconds!: number;

  @Field(() => String, { nullable: true, description: "The instance that works on it; null if none does." })
  holder!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Until when it is that instance's, if it does not renew its lease; null if it is nobody's.",
  })
  leasedUntil!: string | null;
}

@ObjectType("Consumer", {
  simpleResolvers: true,
  description:
    "A follower of the feed whose cursor the server keeps: what is acknowledged is not sent again.",
})
export class Consumer {
  @Field(() => String, { description: "Unique in the app." })
  name!: string;

  @Field(() => DateTimeScalar, { description: "When it was made." })
  createdAt!: string;

  @Field(() => String, {
    description:
      "Everything up to here is acknowledged, in all its partitions: the `cursor` that is furthest behind.",
  })
  cursor!: string;

  @Field(() => Int, {
    description: "How many changes of the app, whatever the filter, came after the cursor.",
  })
  lag!: number;

  @Field(() => Boolean, {
    description:
      "Whether a backup was restored since: it gets nothing until it is reset, or acknowledges a cursor of this log without a lease.",
  })
  isOfOtherLog!: boolean;

  @Field(() => [ConsumerPartition], { description: "Where it stands; one unless it was made with more." })
  partitions!: readonly ConsumerPartition[];
}

@InputType({ description: "Where a consumer stands: one of three; at the end of the feed if none is given." })
abstract class PlacedInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { description: "The consumer's name." })
  name!: string;

  @Field(() => String, { nullable: true, description: "Behind this cursor." })
  after?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Before the first event at or after this instant.",
  })
  since?: string | null;

  @Field(() => ChangesStartAt, { nullable: true, description: "At an end of the feed." })
  startAt?: ChangesStartAt | null;
}

@InputType({
  description: `A new consumer of the feed. An app has at most ${CONSUMERS_PER_APP_MAX}.`,
})
export class CreateConsumerInput extends PlacedInput {
  @Field(() => Int, {
    defaultValue: 1,
    description: `Over how many instances the work can be spread: 1 to ${PARTITIONS_MAX}. The changes of one thing are all in one partition.`,
  })
  partitions!: number;
}

@InputType({ description: "Where a consumer goes on, back or ahead." })
export class ResetConsumerInput extends PlacedInput {}

@InputType({ description: "The consumer that nobody needs any more." })
export class DeleteConsumerInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { description: "The consumer's name." })
  name!: string;
}

@InputType({ description: "What an instance of a consumer has worked off." })
export class AckChangesInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { description: "The consumer's name." })
  consumer!: string;

  @Field(() => String, {
    description: "That of the last item that was worked off; it counts for all before it.",
  })
  cursor!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "The `lease` of that item; left out by whoever follows with a cursor of their own, which counts in all partitions while no instance holds one.",
  })
  lease?: string | null;
}

@ObjectType({ description: "The consumer as it was made, or why it was not." })
export class CreateConsumerPayload extends Payload {
  @Field(() => Consumer, { nullable: true, description: "The new consumer; null if there are errors." })
  consumer!: Consumer | null;
}

@ObjectType({ description: "The consumer where it stands now, or why it was not reset." })
export class ResetConsumerPayload extends Payload {
  @Field(() => Consumer, { nullable: true, description: "The consumer; null if there are errors." })
  consumer!: Consumer | null;
}

@ObjectType({ description: "Whether the consumer is gone." })
export class DeleteConsumerPayload extends Payload {}

@ObjectType({ description: "Whether the acknowledgement counts." })
export class AckChangesPayload extends Payload {
  /** Looked up only for those who ask, and who may. */
  of?: Readonly<{ app: string; consumer: string }>;
}
