import { Field, Float, ID, InputType, Int } from "type-graphql";
import { PREVIEW_DAYS_MAX } from "./preview.policy";
import { PRODUCTION } from "../apps/app.events";
import { ValidatableInput } from "../graphql/command.graphql";
import { DateTimeScalar } from "../graphql/scalars";

/** What the inputs of all kinds of releases say. Each kind adds what names it, and its content. */
@InputType()
export abstract class CreateReleaseInput extends ValidatableInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, {
    description: "1 to 120 characters; unique among those of its kind in the app that are not archived.",
  })
  name!: string;

  @Field(() => String, { nullable: true, description: "What it is for: at most 1,000 characters." })
  description?: string | null;
}

@InputType()
export abstract class EditReleaseInput extends ValidatableInput {
  @Field(() => Int, {
    nullable: true,
    description: "The version that you edited: if somebody saved another one meanwhile, nothing is changed.",
  })
  expectedVersion?: number | null;

  @Field(() => String, { nullable: true, description: "Its new name." })
  name?: string | null;

  @Field(() => String, { nullable: true, description: "Its new description." })
  description?: string | null;
}

@InputType()
export abstract class RuleInput {
  @Field(() => ID, {
    nullable: true,
    description:
      "Of a rule of the latest version, so that it lives on and its percentage moves nobody. Absent for a new rule.",
  })
  id?: string | null;

  @Field(() => ID, { nullable: true, description: "Whom it is for; absent: everyone." })
  segmentId?: string | null;

  @Field(() => Float, {
    nullable: true,
    description: "The share of them, 0 to 100 with at most two decimals; absent: 100.",
  })
  percentage?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The property whose value decides who is in the percentage, as a company; absent: the user's id.",
  })
  bucketBy?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The property that stands in for users without the first one.",
  })
  bucketByFallback?: string | null;
}

@InputType()
export abstract class PlacedInput extends ValidatableInput {
  @Field(() => String, { defaultValue: PRODUCTION, description: "Where." })
  environment!: string;
}

@InputType()
export abstract class PublishInput extends PlacedInput {
  @Field(() => Int, { description: "The version, of any age." })
  version!: number;
}

@InputType()
export abstract class ScheduleInput extends PublishInput {
  @Field(() => DateTimeScalar, { description: "When it becomes active: in the future, within 5 years." })
  startsAt!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "When the version that was active before becomes active again, or none; absent: the version stays.",
  })
  endsAt?: string | null;
}

@InputType()
export abstract class PreviewInput extends PublishInput {
  @Field(() => DateTimeScalar, {
    description: `When it ends by itself: in the future, within ${PREVIEW_DAYS_MAX} days.`,
  })
  endsAt!: string;
}

@InputType({ description: "A preview that is to end." })
export class EndPreviewInput extends ValidatableInput {
  @Field(() => ID, { description: "The preview." })
  id!: string;
}

@InputType({ description: "New times for a scheduled publication; what is left out stays as it is." })
export class RescheduleScheduledPublicationInput extends ValidatableInput {
  @Field(() => ID, { description: "The scheduled publication." })
  id!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it starts; cannot be changed once it has.",
  })
  startsAt?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it ends; null takes the end away, which cannot be done once it has started.",
  })
  endsAt?: string | null;
}

@InputType({ description: "A scheduled publication that is not to happen, or whose end is not." })
export class CancelScheduledPublicationInput extends ValidatableInput {
  @Field(() => ID, { description: "The scheduled publication." })
  id!: string;
}
