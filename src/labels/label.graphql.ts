import { Field, InterfaceType, ObjectType } from "type-graphql";
import { NamedNode } from "../graphql/node.graphql";
import { Payload } from "../graphql/payload.graphql";
import { DateTimeScalar } from "../graphql/scalars";

@InterfaceType({
  implements: NamedNode,
  description:
    "A thing that people sort by labels: tags, an owner, and a date by which it should be gone. Nothing that users get depends on them.",
  resolveType: (value: { typename: string }) => value.typename,
})
export abstract class Labelled extends NamedNode {
  @Field(() => [String], { description: "Words to find it by, each once, in order; at most 50." })
  tags!: readonly string[];

  @Field(() => String, {
    nullable: true,
    description:
      "The team or person in charge, by the name that the app's people use; null: nobody is said to be.",
  })
  owner!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "By when it should be gone; null: it may stay. Nothing happens by itself at that time.",
  })
  removeBy!: string | null;
}

@ObjectType({ description: "What came of setting labels." })
export class SetLabelsPayload extends Payload {
  @Field(() => Labelled, { nullable: true, description: "The thing as it is now; null if there are errors." })
  thing!: Labelled | null;
}
