import { Field, ObjectType, registerEnumType } from "type-graphql";
import { WarningCode } from "../lib/warning";

registerEnumType(WarningCode, {
  name: "WarningCode",
  description: "What is odd, for programs. The list may grow.",
  valuesConfig: {
    RULE_UNREACHABLE: {
      description: "Rules before it decide all that the rule sets, for everybody whom it takes.",
    },
    MATCHES_NOBODY: { description: "Nobody can belong to the segment, whatever a user is like." },
    PERCENTAGE_ZERO: { description: "The rule, the experiment or the variation takes 0 % of the users." },
    KEY_UNSET: { description: "No rule sets the key, so everybody gets its default." },
    NOTHING_CHANGES: { description: "It is so already, as with a version that is active there." },
    STILL_ACTIVE: {
      description: "What is put away is active there, so users get the defaults from then on.",
    },
    MORE: { description: "There are more warnings than are listed; the message says how many." },
  },
});

@ObjectType({
  description:
    "Something that may not be as it is meant, though it was done or could be. It keeps nothing from happening.",
})
export class Warning {
  @Field(() => WarningCode, { description: "What is odd, for programs." })
  code!: WarningCode;

  @Field(() => String, { description: "What is odd and what to do about it, for people." })
  message!: string;

  @Field(() => [String], {
    description: "The path to the input field that it is about; empty if it is no single one.",
  })
  path!: readonly string[];
}
