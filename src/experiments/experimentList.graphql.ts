import { ArgsType, Field, InputType } from "type-graphql";
import { ListArguments, ListFilter } from "../listing/listing.graphql";

@InputType({
  description: "Which experiments a list shows: those that all of this fits. What is left out fits all.",
})
export class ExperimentFilter extends ListFilter {
  @Field(() => [String], { nullable: true, description: "It is for one of these environments; at most 50." })
  environments?: readonly string[] | null;
}

@ArgsType()
export class ExperimentListArguments extends ListArguments {
  @Field(() => ExperimentFilter, { nullable: true, description: "Which ones; all if left out." })
  filter?: ExperimentFilter | null;
}
