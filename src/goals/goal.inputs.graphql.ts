import { Field, ID, InputType } from "type-graphql";
import { NotedInput, ValidatableInput } from "../graphql/command.graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

const GOAL = "The goal's id.";
const NAME = "What people call it: 1 to 120 characters, unlike any goal that is not archived.";
const DESCRIPTION = "What it is for, for people: at most 1,000 characters.";
const EVENTS = "The events to track: 1 to 10, none twice under the same condition.";
const VALUE_PROPERTY =
  "The path of a numeric property of these events whose sum is measured, as `amount`: at most 120 characters.";

@InputType("TrackedEventInput", { description: "An event to track." })
export class TrackedEventInput {
  @Field(() => String, { description: "The event's name, as the app sends it: 1 to 120 characters." })
  name!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'A condition over the event\'s properties, as { "amount": { "$gt": 10 } }; absent: all events of the name count.',
  })
  where?: Json;
}

@InputType({ description: "A new goal." })
export class CreateGoalInput extends NotedInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => [TrackedEventInput], { description: EVENTS })
  events!: readonly TrackedEventInput[];

  @Field(() => String, { nullable: true, description: DESCRIPTION })
  description?: string | null;

  @Field(() => String, { nullable: true, description: VALUE_PROPERTY })
  valueProperty?: string | null;
}

@InputType({ description: "Changes of a goal; what is left out stays as it is." })
export class EditGoalInput extends NotedInput {
  @Field(() => ID, { description: GOAL })
  goalId!: string;

  @Field(() => String, { nullable: true, description: NAME })
  name?: string | null;

  @Field(() => [TrackedEventInput], { nullable: true, description: EVENTS })
  events?: readonly TrackedEventInput[] | null;

  @Field(() => String, { nullable: true, description: DESCRIPTION })
  description?: string | null;

  @Field(() => String, { nullable: true, description: `${VALUE_PROPERTY} Null takes it away.` })
  valueProperty?: string | null;
}

@InputType({ description: "The goal to put away." })
export class ArchiveGoalInput extends ValidatableInput {
  @Field(() => ID, { description: GOAL })
  goalId!: string;
}

@InputType({ description: "The archived goal to take back into use." })
export class RestoreGoalInput extends NotedInput {
  @Field(() => ID, { description: GOAL })
  goalId!: string;
}
