import { Field, ID, InputType } from "type-graphql";
import {
  CreateReleaseInput,
  EditReleaseInput,
  PlacedInput,
  RuleInput,
} from "../releases/release.inputs.graphql";
import { releaseInputs } from "../releases/releaseInputs.graphql";

@InputType({
  description: "One line of a flag: for whom, which share of them, and whether it is on or off for them.",
})
export class FlagRuleInput extends RuleInput {
  @Field(() => Boolean, {
    nullable: true,
    description: "What those get whom the rule takes; absent: true.",
  })
  value?: boolean | null;
}

@InputType({ description: "A new flag." })
export class CreateFlagInput extends CreateReleaseInput {
  @Field(() => String, {
    description: "The name of its key, of type BOOLEAN, which no other config or flag may have.",
  })
  key!: string;

  @Field(() => [FlagRuleInput], { description: "In order of priority, the highest first; at most 100." })
  rules!: FlagRuleInput[];
}

@InputType({
  description: "Changes of a flag; what is left out stays as it is. They are saved as its next version.",
})
export class EditFlagInput extends EditReleaseInput {
  @Field(() => ID, { description: "The flag." })
  flagId!: string;

  @Field(() => String, { nullable: true, description: "The name of its key from now on." })
  key?: string | null;

  @Field(() => [FlagRuleInput], { nullable: true, description: "All its rules from now on." })
  rules?: FlagRuleInput[] | null;
}

export const flagInputs = releaseInputs({ kind: "Flag", keys: "its key" });

@InputType()
abstract class SwitchFlagInput extends PlacedInput {
  @Field(() => ID, { description: "The flag." })
  flagId!: string;
}

@InputType({ description: "A flag to switch off in an environment." })
export class DisableFlagInput extends SwitchFlagInput {}

@InputType({ description: "A flag to switch on again in an environment." })
export class EnableFlagInput extends SwitchFlagInput {}
