import { Field, ID, InputType } from "type-graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";
import { CreateReleaseInput, EditReleaseInput, RuleInput } from "../releases/release.inputs.graphql";
import { releaseInputs } from "../releases/releaseInputs.graphql";

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
      "Names of the keys that its rules set, 1 to 100. A key is in one config or flag that is not archived only.",
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

export const configInputs = releaseInputs({ kind: "Config", keys: "its keys" });
