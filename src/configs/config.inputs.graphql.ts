import { Field, Float, ID, InputType, Int } from "type-graphql";
import { PRODUCTION } from "../apps/app.events";
import { NotedInput, ValidatableInput } from "../graphql/command.graphql";
import { DateTimeScalar, JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

@InputType({ description: "What a rule sets one key to." })
export class ConfigRuleValueInput {
  @Field(() => String, { description: "The name of one of the config's keys." })
  key!: string;

  @Field(() => JsonScalar, { description: "A value of the key's type that fits its schema." })
  value!: Json;
}

@InputType({
  description: "One line of a config: for whom, which share of them, and the values that they get.",
})
export class ConfigRuleInput {
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

  @Field(() => [ConfigRuleValueInput], {
    description: "At least one. A key that is left out is left to the next matching rule.",
  })
  values!: ConfigRuleValueInput[];
}

@InputType({ description: "A new config." })
export class CreateConfigInput extends NotedInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, {
    description: "1 to 120 characters; unique among the app's configs that are not archived.",
  })
  name!: string;

  @Field(() => String, { nullable: true, description: "What it is for: at most 1,000 characters." })
  description?: string | null;

  @Field(() => [String], {
    description:
      "Names of the keys that its rules set, 1 to 100. A key is in one config that is not archived only.",
  })
  keys!: string[];

  @Field(() => [ConfigRuleInput], { description: "In order of priority, the highest first; at most 100." })
  rules!: ConfigRuleInput[];
}

@InputType({
  description: "Changes of a config; what is left out stays as it is. They are saved as its next version.",
})
export class EditConfigInput extends NotedInput {
  @Field(() => ID, { description: "The config." })
  configId!: string;

  @Field(() => Int, {
    nullable: true,
    description: "The version that you edited: if somebody saved another one meanwhile, nothing is changed.",
  })
  expectedVersion?: number | null;

  @Field(() => String, { nullable: true, description: "Its new name." })
  name?: string | null;

  @Field(() => String, { nullable: true, description: "Its new description." })
  description?: string | null;

  @Field(() => [String], { nullable: true, description: "All its keys from now on." })
  keys?: string[] | null;

  @Field(() => [ConfigRuleInput], { nullable: true, description: "All its rules from now on." })
  rules?: ConfigRuleInput[] | null;
}

@InputType({ description: "A version to make active in an environment; an older one is a revert." })
export class PublishConfigInput extends ValidatableInput {
  @Field(() => ID, { description: "The config." })
  configId!: string;

  @Field(() => Int, { description: "The version, of any age." })
  version!: number;

  @Field(() => String, { defaultValue: PRODUCTION, description: "Where." })
  environment!: string;
}

@InputType({ description: "An environment in which a config is to give no values any more." })
export class UnpublishConfigInput extends ValidatableInput {
  @Field(() => ID, { description: "The config." })
  configId!: string;

  @Field(() => String, { defaultValue: PRODUCTION, description: "Where." })
  environment!: string;
}

@InputType({ description: "A version to make active at a time to come." })
export class ScheduleConfigInput extends ValidatableInput {
  @Field(() => ID, { description: "The config." })
  configId!: string;

  @Field(() => Int, { description: "The version, of any age." })
  version!: number;

  @Field(() => String, { defaultValue: PRODUCTION, description: "Where." })
  environment!: string;

  @Field(() => DateTimeScalar, { description: "When it becomes active: in the future, within 5 years." })
  startsAt!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "When the version that was active before becomes active again, or none; absent: the version stays.",
  })
  endsAt?: string | null;
}

@InputType({ description: "New times for a scheduled publication; what is left out stays as it is." })
export class RescheduleScheduledPublicationInput extends NotedInput {
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
export class CancelScheduledPublicationInput extends NotedInput {
  @Field(() => ID, { description: "The scheduled publication." })
  id!: string;
}

@InputType({ description: "A config to put away: it is unpublished everywhere and lets go of its keys." })
export class ArchiveConfigInput extends ValidatableInput {
  @Field(() => ID, { description: "The config." })
  configId!: string;
}

@InputType({ description: "An archived config to take back, with its keys." })
export class RestoreConfigInput extends ValidatableInput {
  @Field(() => ID, { description: "The config." })
  configId!: string;
}
