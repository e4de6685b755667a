import { Field, Float, Int, ObjectType } from "type-graphql";
import type { Estimate } from "./estimate.policy";

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
