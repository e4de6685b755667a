import { Field, ObjectType } from "type-graphql";
import { ActorType } from "../graphql/actor.graphql";
import { NamedNode, Node } from "../graphql/node.graphql";
import { Labelled } from "../labels/label.graphql";
import { DateTimeScalar, JsonScalar } from "../graphql/scalars";
import type { JsonObject } from "../lib/json";

@ObjectType("TrackedEvent", {
  simpleResolvers: true,
  description: "An event of users that a goal tracks.",
})
export class TrackedEventType {
  @Field(() => String, { description: "The event's name, as the app sends it." })
  name!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: "Only events whose properties fit this condition count; null: all of the name do.",
  })
  where!: JsonObject | null;
}

/** Who uses it is declared by the resolver. */
@ObjectType("Goal", {
  implements: [Node, NamedNode, Labelled],
  simpleResolvers: true,
  description:
    "A named set of events of users: who performs one of them has converted. Its name is unique among goals that are not archived.",
})
export class Goal extends Labelled {
  @Field(() => String, { description: "What it is for, for people; may be empty." })
  description!: string;

  @Field(() => [TrackedEventType], {
    description: "The events that it tracks, 1 to 10. What fits several of them counts once.",
  })
  events!: readonly TrackedEventType[];

  @Field(() => String, {
    nullable: true,
    description:
      "The path of the numeric property of these events whose sum is measured, as revenue; null: only whether users convert.",
  })
  valueProperty!: string | null;

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
