import { Field, ObjectType } from "type-graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

@ObjectType("Difference", {
  simpleResolvers: true,
  description:
    "One thing that is different between two contents: two versions, or a thing before and after a change.",
})
export class Difference {
  @Field(() => String, {
    description:
      "Where, by names and ids, as a JSON pointer without the first slash: `defaultValue`, `keys/<key>`, `rules/<rule's id>` for a " +
      "whole rule, `rules/<id>/priority` if it moved (1 is the highest), `rules/<id>/values/<key>`.",
  })
  path!: string;

  @Field(() => JsonScalar, { nullable: true, description: "What stood there before; null if nothing did." })
  before!: Json;

  @Field(() => JsonScalar, { nullable: true, description: "What stands there after; null if nothing does." })
  after!: Json;
}
