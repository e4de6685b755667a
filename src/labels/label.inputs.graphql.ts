import { Field, ID, InputType } from "type-graphql";
import { NotedInput } from "../graphql/command.graphql";
import { DateTimeScalar } from "../graphql/scalars";

@InputType({ description: "The labels of one thing; what is left out stays as it is." })
export class SetLabelsInput extends NotedInput {
  @Field(() => ID, { description: "The id of a key, a segment, a goal, a config, a flag or an experiment." })
  id!: string;

  @Field(() => [String], {
    nullable: true,
    description:
      "All its tags from now on: at most 50, each of 1 to 60 characters. An empty list takes them away.",
  })
  tags?: readonly string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Who is in charge: a team's name, or whatever else names nobody to strangers, since it stays in the history. At most 120 characters; null takes it away.",
  })
  owner?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "By when it should be gone. Null takes it away.",
  })
  removeBy?: string | null;
}
