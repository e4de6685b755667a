import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { HOLDER_LENGTH_MAX } from "./consumers.policy";
import { ActorType } from "../graphql/actor.graphql";
import { DateTimeScalar, JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

export const CHANGES_PAGE_SIZE_DEFAULT = 100;
export const CHANGES_PAGE_SIZE_MAX = 1_000;
/** How many values each field of a filter can list. */
export const FILTER_VALUES_MAX = 100;

export const ChangeItemKind = { EVENT: "EVENT", CHECKPOINT: "CHECKPOINT", CAUGHT_UP: "CAUGHT_UP" } as const;
export type ChangeItemKind = keyof typeof ChangeItemKind;

registerEnumType(ChangeItemKind, {
  name: "ChangeItemKind",
  description: "What an item of the feed is.",
  valuesConfig: {
    EVENT: { description: "Something changed; `event` says what." },
    CHECKPOINT: {
      description:
        "Nothing that the filter lets through happened up to here; keep the cursor. Sent at least every 15 seconds.",
    },
    CAUGHT_UP: { description: "Everything there was has been sent; what follows is live. Sent once." },
  },
});

export const ChangesStartAt = { BEGINNING: "BEGINNING", NOW: "NOW" } as const;
export type ChangesStartAt = keyof typeof ChangesStartAt;

registerEnumType(ChangesStartAt, {
  name: "ChangesStartAt",
  description: "An end of the feed.",
  valuesConfig: {
    BEGINNING: { description: "Before the app's first event." },
    NOW: { description: "After its last event." },
  },
});

@ObjectType("ChangeEvent", {
  simpleResolvers: true,
  description:
    "One change of an app, in the fields of CloudEvents 1.0, with who did it and the entity before and after.",
})
export class ChangeEventType {
  @Field(() => ID, { description: "Unique over all events, and the same however often it is sent." })
  id!: string;

  @Field(() => String, {
    description: "What happened: KeyCreated, ConfigPublished. The list grows; skip what you do not know.",
  })
  type!: string;

  @Field(() => String, { description: "The app, as a path: `/apps/shop`." })
  source!: string;

  @Field(() => String, { description: "The version of CloudEvents: `1.0`." })
  specversion!: string;

  @Field(() => String, { description: "What `before` and `after` are: `application/json`." })
  datacontenttype!: string;

  @Field(() => String, {
    description:
      "Where this server answers with the JSON Schema of this event: `/events/KeyCreated.v1.schema.json`.",
  })
  dataschema!: string;

  @Field(() => String, { description: "Orders the events of one app, compared as text." })
  sequence!: string;

  @Field(() => ID, { description: "The id of the entity that changed, as in `node(id:)`." })
  subject!: string;

  @Field(() => String, { description: "The entity's type in this API: Key, Segment, Config." })
  entityKind!: string;

  @Field(() => DateTimeScalar, { description: "When it was recorded. Never goes back within an app." })
  time!: string;

  @Field(() => ActorType, { description: "Who did it; the server's own scheduler too." })
  actor!: ActorType;

  @Field(() => String, {
    description: "Why, in the words of who did it; empty if nothing was noted, and for what a schedule does.",
  })
  note!: string;

  @Field(() => String, {
    nullable: true,
    description: "The environment in which it happened; null for what concerns all of them.",
  })
  environment!: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: "The entity right before; null if it did not exist.",
  })
  before!: Json;

  @Field(() => JsonScalar, {
    nullable: true,
    description: "The entity right after; null if it does not exist any more.",
  })
  after!: Json;
}

@ObjectType("ChangeItem", { simpleResolvers: true, description: "One item of the feed." })
export class ChangeItemType {
  @Field(() => String, {
    description: "Give it as `after` to go on behind this item. Opaque; good for ever.",
  })
  cursor!: string;

  @Field(() => ChangeItemKind, { description: "What this item is." })
  kind!: ChangeItemKind;

  @Field(() => ChangeEventType, { nullable: true, description: "The change; null unless `kind` is EVENT." })
  event!: ChangeEventType | null;

  @Field(() => ID, {
    nullable: true,
    description: "Give it with the cursor to `ackChanges`; null unless a named consumer follows.",
  })
  lease!: string | null;
}

@ObjectType("ChangePage", { simpleResolvers: true, description: "A page of the feed." })
export class ChangePage {
  @Field(() => [ChangeItemType], { description: "Events in order." })
  items!: readonly ChangeItemType[];

  @Field(() => String, {
    description: "Give it as `after` for the next page; also behind events that the filter kept back.",
  })
  endCursor!: string;

  @Field(() => Boolean, { description: "Whether there are more already." })
  hasMore!: boolean;
}

@InputType("ChangeFilterInput", { description: "Which events to send: those that fit all the lists given." })
export class ChangeFilterInput {
  @Field(() => [String], {
    nullable: true,
    description: "Only what happened in these environments, and what concerns all environments.",
  })
  environments?: readonly string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: "Only entities of these types: Key, Segment, Config.",
  })
  kinds?: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Only events of these types: ConfigPublished." })
  types?: readonly string[] | null;

  @Field(() => [ID], { nullable: true, description: "Only these entities, by id." })
  entities?: readonly string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "Only entities with one of these tags, after the change or before it, so that the change that takes a tag away is seen.",
  })
  tags?: readonly string[] | null;
}

@ArgsType()
export class FollowArguments {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { nullable: true, description: "Starts behind this cursor." })
  after?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Starts with the first event at or after this instant.",
  })
  since?: string | null;

  @Field(() => ChangesStartAt, {
    nullable: true,
    description: "Starts at an end of the feed; NOW if neither `after` nor `since` is given.",
  })
  startAt?: ChangesStartAt | null;

  @Field(() => ChangeFilterInput, { nullable: true, description: "Which events to send; all if left out." })
  filter?: ChangeFilterInput | null;
}

@ArgsType()
export class SubscriptionArguments extends FollowArguments {
  @Field(() => String, {
    nullable: true,
    description:
      "Follows as an instance of this consumer, from where it has acknowledged; then no start can be given.",
  })
  consumer?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `What this instance calls itself, for those who look at the consumer: at most ${HOLDER_LENGTH_MAX} characters.`,
  })
  instance?: string | null;
}

@ArgsType()
export class ChangesArguments extends FollowArguments {
  @Field(() => Int, {
    defaultValue: CHANGES_PAGE_SIZE_DEFAULT,
    description: `How many at the most: 1 to ${CHANGES_PAGE_SIZE_MAX}.`,
  })
  first!: number;
}
