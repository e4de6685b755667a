import { Field, ObjectType } from "type-graphql";
import { Segment } from "./segment.graphql";
import { WarnedPayload } from "../graphql/payload.graphql";
import { UserError } from "../graphql/userError";

const REFUSED = "Every reason why nothing changed; empty on success.";

@ObjectType({ description: "What came of creating a segment." })
export class CreateSegmentPayload extends WarnedPayload {
  @Field(() => Segment, {
    nullable: true,
    description: "The new segment; null if it was refused or only validated.",
  })
  segment!: Segment | null;
}

@ObjectType({ description: "What came of editing a segment." })
export class EditSegmentPayload extends WarnedPayload {
  @Field(() => Segment, {
    nullable: true,
    description: "The segment as it is now, unchanged after `validateOnly`; null if the edit was refused.",
  })
  segment!: Segment | null;
}

@ObjectType({ description: "What came of cloning a segment." })
export class CloneSegmentPayload extends WarnedPayload {
  @Field(() => Segment, {
    nullable: true,
    description: "The new segment; null if it was refused or only validated.",
  })
  segment!: Segment | null;
}

@ObjectType({ description: "What came of archiving a segment." })
export class ArchiveSegmentPayload {
  @Field(() => Segment, {
    nullable: true,
    description: "The segment as it is now, unchanged after `validateOnly`; null if it was refused.",
  })
  segment!: Segment | null;

  @Field(() => [UserError], { description: REFUSED })
  errors!: readonly UserError[];
}

@ObjectType({ description: "What came of restoring a segment." })
export class RestoreSegmentPayload {
  @Field(() => Segment, { nullable: true, description: "The segment as it is now; null if it was refused." })
  segment!: Segment | null;

  @Field(() => [UserError], { description: REFUSED })
  errors!: readonly UserError[];
}
