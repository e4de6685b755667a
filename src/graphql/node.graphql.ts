import "reflect-metadata";
import { Field, ID, InterfaceType } from "type-graphql";

@InterfaceType({
  description: "Something with an id of its own, unique over all types.",
  resolveType: (value: { typename: string }) => value.typename,
})
export abstract class Node {
  @Field(() => ID, { description: "Opaque; unique over all types." })
  id!: string;
}

@InterfaceType({
  implements: Node,
  description: "A thing that people name: what a list of users shows.",
  resolveType: (value: { typename: string }) => value.typename,
})
export abstract class NamedNode extends Node {
  @Field(() => String, { description: "Its name." })
  name!: string;
}
