import { Field, ID, InputType } from "type-graphql";
import { ValidatableInput } from "../graphql/command.graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";
import {
  CreateReleaseInput,
  EditReleaseInput,
  PlacedInput,
  PublishInput,
  RuleInput,
  ScheduleInput,
} from "../releases/release.inputs.graphql";

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
export class ConfigRuleInput extends RuleInput {
  @Field(() => [ConfigRuleValueInput], {
    description: "At least one. A key that is left out is left to the next matching rule.",
  })
  values!: ConfigRuleValueInput[];
}

@InputType({ description: "A new config." })
export class CreateConfigInput extends CreateReleaseInput {
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
export class EditConfigInput extends EditReleaseInput {
  @Field(() => ID, { description: "The config." })
  configId!: string;

  @Field(() => [String], { nullable: true, description: "All its keys from now on." })
  keys?: string[] | null;

  @Field(() => [ConfigRuleInput], { nullable: true, description: "All its rules from now on." })
  rules?: ConfigRuleInput[] | null;
}

@InputType({ description: "A version to make active in an environment; an older one is a revert." })
export class PublishConfigInput extends PublishInput {
  @Field(() => ID, { description: "The config." })
  configId!: string;
}

@InputType({ description: "An environment in which a config is to give no values any more." })
export class UnpublishConfigInput extends PlacedInput {
  @Field(() => ID, { description: "The config." })
  configId!: string;
}

@InputType({ description: "A version to make active at a time to come." })
export class ScheduleConfigInput extends ScheduleInput {
  @Field(() => ID, { description: "The config." })
  configId!: string;
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
