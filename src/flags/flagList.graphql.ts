import { ArgsType, Field, InputType } from "type-graphql";
import { DateTimeScalar } from "../graphql/scalars";
import { ListArguments } from "../listing/listing.graphql";
import { ReleaseFilter } from "../releases/releaseList.graphql";

@InputType({
  description: "Which flags a list shows: those that all of this fits. What is left out fits all.",
})
export class FlagFilter extends ReleaseFilter {
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether it is enabled in the environment; false while the kill switch is on.",
  })
  isEnabled?: boolean | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "It stands in the environment since this instant or longer as what gives everybody the same: disabled, or enabled with an active version that gives one value to everyone at 100 %, or has no rules.",
  })
  settledSince?: string | null;
}

@ArgsType()
export class FlagListArguments extends ListArguments {
  @Field(() => FlagFilter, { nullable: true, description: "Which ones; all if left out." })
  filter?: FlagFilter | null;
}
