import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";
import type { Estimate } from "./estimate.policy";
import { PRODUCTION } from "../apps/app.events";
import { Payload } from "../graphql/payload.graphql";
import { Job } from "../jobs/job.graphql";

@ObjectType({
  description:
    "How large a segment is, as a sample of the users tells who are known. Errors are at 95 %: of 20 estimates, 19 are as near.",
})
export class EstimatedSize implements Estimate {
  @Field(() => Int, { description: "How many users are in it." })
  users!: number;

  @Field(() => Int, { description: "By how many users that may be wrong." })
  usersError!: number;

  @Field(() => Float, {
    description: "How many of 100 known users of the environment are in it; 0 if none is known.",
  })
  percentage!: number;

  @Field(() => Float, { description: "By how many percentage points that may be wrong." })
  error!: number;

  @Field(() => Int, { description: "How many users are known in the environment." })
  usersInEnvironment!: number;

  @Field(() => Int, { description: "How many users were looked at." })
  sampled!: number;

  @Field(() => Boolean, { description: "Whether that was everybody, so that nothing is wrong." })
  isExact!: boolean;
}

@ObjectType({ description: "A user who is in a segment, and why." })
export class SampledMember {
  @Field(() => ID, { description: "The app's own id of the user." })
  id!: string;

  @Field(() => String, { description: 'In words: `city is "Berlin"`.' })
  because!: string;
}

@InputType({ description: "Which segment is to be counted out, and where." })
export class MeasureSegmentInput {
  @Field(() => ID, { description: "The segment's id." })
  segmentId!: string;

  @Field(() => String, { defaultValue: PRODUCTION, description: "The environment's name." })
  environment!: string;
}

@ObjectType({ description: "The job that counts, or why there is none." })
export class MeasureSegmentPayload extends Payload {
  @Field(() => Job, {
    nullable: true,
    description:
      "Its `result` has `users`, `usersInEnvironment`, `percentage`, and `at` and `revision`, which say of when the clock and the segment are. Null if there are errors.",
  })
  job!: Job | null;
}
