import { ArgsType, Field, ID, Int, ObjectType } from "type-graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

export const SNAPSHOT_PAGE_SIZE_DEFAULT = 100;
export const SNAPSHOT_PAGE_SIZE_MAX = 500;

@ObjectType("SnapshotItem", {
  simpleResolvers: true,
  description:
    "One thing of an app as it is at the moment of the snapshot, in the form in which the feed shows it.",
})
export class SnapshotItemType {
  @Field(() => ID, { description: "The thing's id, as the `subject` of its changes." })
  subject!: string;

  @Field(() => String, { description: "The thing's type in this API: Key, Segment, Config." })
  entityKind!: string;

  @Field(() => String, {
    description: "The `sequence` of its last change: what comes later has a greater one.",
  })
  sequence!: string;

  @Field(() => JsonScalar, { description: "The thing, exactly as `after` of its last change has it." })
  after!: Json;
}

@ObjectType("SnapshotPage", {
  simpleResolvers: true,
  description: "A part of an app's state. All parts are of the same moment.",
})
export class SnapshotPage {
  @Field(() => [SnapshotItemType], {
    description:
      "Things in the order of their ids; may be fewer than asked for, even none, where more follow.",
  })
  items!: readonly SnapshotItemType[];

  @Field(() => String, {
    description: "Of the moment of the snapshot: give it to `changes` as `after`, when all parts are read.",
  })
  cursor!: string;

  @Field(() => String, {
    nullable: true,
    description: "Give it to `snapshot` as `after` for the next part; null if this is the last.",
  })
  next!: string | null;
}

@ArgsType()
export class SnapshotArguments {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => [String], { nullable: true, description: "Only things of these types: Key, Segment, Config." })
  kinds?: readonly string[] | null;

  @Field(() => String, {
    nullable: true,
    description: "The `next` of the part before; left out: the first part, of this moment.",
  })
  after?: string | null;

  @Field(() => Int, {
    defaultValue: SNAPSHOT_PAGE_SIZE_DEFAULT,
    description: `How many things at the most: 1 to ${SNAPSHOT_PAGE_SIZE_MAX}.`,
  })
  first!: number;
}
