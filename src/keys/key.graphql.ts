import { Field, ObjectType, registerEnumType } from "type-graphql";
import { KEY_TYPES, type KeyType } from "./key.events";
import { ActorType } from "../graphql/actor.graphql";
import { NamedNode, Node } from "../graphql/node.graphql";
import { Labelled } from "../labels/label.graphql";
import { DateTimeScalar, JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

/** For the schema: each type by its own name. */
export const KeyTypes = Object.fromEntries(KEY_TYPES.map((type) => [type, type])) as {
  [Type in KeyType]: Type;
};

registerEnumType(KeyTypes, {
  name: "KeyType",
  description: "What values a key takes. It never changes.",
  valuesConfig: {
    STRING: { description: "Text." },
    INTEGER: { description: "A whole number from -(2^53 - 1) to 2^53 - 1." },
    DOUBLE: { description: "A number in double precision." },
    FLOAT: {
      description:
        "A number that is rounded to single precision; only what is too large for that is refused.",
    },
    BOOLEAN: { description: "True or false." },
    ARRAY: { description: "A list of any JSON values." },
    MAP: { description: "Names with any JSON values." },
    RECOMMENDATION: {
      description:
        "What to look for in what a user did: `event`, `property`, `top`, `withinDays`, `fallback` and perhaps `where`. A user gets the most frequent values.",
    },
  },
});

/** Who uses a key is declared by the resolver, and which versions give it values by the slices that know. */
@ObjectType("Key", {
  implements: [Node, NamedNode, Labelled],
  simpleResolvers: true,
  description:
    "A named, typed value that an app's code asks for. Its name is unique in the app for ever and never changes.",
})
export class Key extends Labelled {
  /** Not shown: for what else is looked up of it. */
  app!: string;

  @Field(() => KeyTypes, { description: "What values it takes. It never changes." })
  type!: KeyType;

  @Field(() => JsonScalar, {
    description:
      "What users get whom nothing published gives another value. Edits of it take effect at once.",
  })
  defaultValue!: Json;

  @Field(() => String, { description: "What it is for, for people; may be empty." })
  description!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: "A JSON Schema (2020-12) that every value given to the key fits; null for none.",
  })
  valueSchema!: Json;

  @Field(() => Boolean, { description: "Whether tokens of kind CLIENT see it." })
  isVisibleToClients!: boolean;

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
