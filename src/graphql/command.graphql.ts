import { Field, InputType } from "type-graphql";

/** What every mutation's input carries beside its own fields. */
@InputType()
export abstract class CommandInput {
  @Field(() => String, {
    nullable: true,
    description: "Makes a repeat within 7 days harmless: the same id does it once. 1 to 128 characters.",
  })
  commandId?: string | null;
}

@InputType()
export abstract class NotedInput extends CommandInput {
  @Field(() => String, {
    nullable: true,
    description:
      "Why, for the history: at most 2,000 characters, and no control characters but newlines and tabs.",
  })
  note?: string | null;
}

/** Of what users get to feel, or may get to: what publishes, archives, schedules or saves it. */
@InputType()
export abstract class ValidatableInput extends NotedInput {
  @Field(() => Boolean, {
    nullable: true,
    description:
      "True: only says whether it could be done, with every error and warning, and changes nothing.",
  })
  validateOnly?: boolean | null;
}
