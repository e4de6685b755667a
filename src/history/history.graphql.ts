import { Field, ID, InputType } from "type-graphql";
import { DateTimeScalar } from "../graphql/scalars";

@InputType("HistoryFilterInput", { description: "Which changes to show: those that fit all that is given." })
export class HistoryFilterInput {
  @Field(() => [String], { nullable: true, description: "Only what these did, by their ids." })
  actors?: readonly string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "Only what happened to things of these types: Key, Segment, Config, Environment, App; for administrators also Token.",
  })
  kinds?: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Only changes of these types: ConfigPublished." })
  types?: readonly string[] | null;

  @Field(() => [ID], { nullable: true, description: "Only what happened to these things, by id." })
  entities?: readonly string[] | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Only what happened at this instant or later.",
  })
  since?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Only what happened before this instant." })
  until?: string | null;
}
