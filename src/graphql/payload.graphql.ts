import { Field, ObjectType } from "type-graphql";
import { UserError } from "./userError";
import { Warning } from "./warning.graphql";

export const WARNINGS =
  "What may not be as it is meant; the same with `validateOnly`. Empty if there are errors, and for a repeat of what was done.";

/** What every mutation's payload carries beside its own fields. */
@ObjectType()
export abstract class Payload {
  @Field(() => [UserError], { description: "Every reason why nothing was changed; empty on success." })
  errors!: readonly UserError[];
}

/** Of what may be odd and be done all the same. */
@ObjectType()
export abstract class WarnedPayload extends Payload {
  @Field(() => [Warning], { description: WARNINGS })
  warnings!: readonly Warning[];
}
