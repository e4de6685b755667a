import "reflect-metadata";
import { Field, ID, ObjectType } from "type-graphql";

@ObjectType("Actor", {
  simpleResolvers: true,
  description: "Who did something: a person, a token, or the server's own scheduler.",
})
export class ActorType {
  @Field(() => ID, { description: "Opaque id; no personal data." })
  id!: string;
}
