import { Field, ObjectType } from "type-graphql";
import { UserError } from "./userError";

/** What every mutation's payload carries beside its own fields. */
@ObjectType()
export abstract class Payload {
  @Field(() => [UserError], { description: "Every reason why nothing was changed; empty on success." })
  errors!: readonly UserError[];
}
