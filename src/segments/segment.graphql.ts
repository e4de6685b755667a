import { Field, ObjectType } from "type-graphql";
import { ActorType } from "../graphql/actor.graphql";
import { NamedNode, Node } from "../graphql/node.graphql";
import { Labelled } from "../labels/label.graphql";
import { DateTimeScalar, JsonScalar } from "../graphql/scalars";
import type { JsonObject } from "../lib/json";

/** What it was cloned from, who uses it and whose ids it lists is declared by the resolver. */
@ObjectType("Segment", {
  implements: [Node, NamedNode, Labelled],
  simpleResolvers: true,
  description: "A named condition over users. Its name is unique among segments that are not archived.",
})
export class Segment extends Labelled {
  /** Not shown: for what else is looked up of it. */
  app!: string;

  /** Not shown: the id behind `clonedFrom`. */
  clonedFromId!: string | null;

  @Field(() => String, { description: "What it is for, for people; may be empty." })
  description!: string;

  @Field(() => JsonScalar, {
    description:
      'Who belongs to it. Lists of user ids stand as `{ "list", "count" }`, and every `$percent` with its seed; both may be sent back as they are. Edits take effect at once.',
  })
  condition!: JsonObject;

  @Field(() => String, { description: "What was noted with the latest change; may be empty." })
  note!: string;

  @Field(() => Boolean, { description: "Whether it was put away; it can be restored." })
  isArchived!: boolean;

  @Field(() => DateTimeScalar, { description: "When it was created." })
  createdAt!: string;

  @Field(() => ActorType, { description: "Who created it." })
  createdBy!: ActorType;

  @Field(() => DateTimeScalar, { description: "When it was last edited, archived or restored." })
  updatedAt!: string;

  @Field(() => ActorType, { description: "Who did that, or created it." })
  updatedBy!: ActorType;
}
