import { ArgsType, Field, InputType } from "type-graphql";
import type { KeyType } from "./key.events";
import { KeyTypes } from "./key.graphql";
import { ListArguments, UsableFilter } from "../listing/listing.graphql";

@InputType({
  description: "Which keys a list shows: those that all of this fits. What is left out fits all.",
})
export class KeyFilter extends UsableFilter {
  @Field(() => [KeyTypes], { nullable: true, description: "Its type is one of these." })
  types?: readonly KeyType[] | null;
}

@ArgsType()
export class KeyListArguments extends ListArguments {
  @Field(() => KeyFilter, { nullable: true, description: "Which ones; all if left out." })
  filter?: KeyFilter | null;
}
