import { Field, ID, InputType } from "type-graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

const SEGMENT = "The segment's id.";
const NAME = "What people call it: 1 to 120 characters, unlike any segment that is not archived.";
const DESCRIPTION = "What it is for, for people: at most 1,000 characters.";
const NOTE = "Why this is done, for the history: at most 2,000 characters.";
const COMMAND_ID = "Makes a repeat within 7 days harmless: the same id does it once.";
const VALIDATE_ONLY = "Only checks whether it could be done, and changes nothing.";

@InputType({ description: "A new segment." })
export class CreateSegmentInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => JsonScalar, {
    description: 'Who belongs to it, as { "device": "iPhone", "age": { "$gte": 18 } }; {} is everyone.',
  })
  condition!: Json;

  @Field(() => String, { nullable: true, description: DESCRIPTION })
  description?: string | null;

  @Field(() => String, { nullable: true, description: NOTE })
  note?: string | null;

  @Field(() => String, { nullable: true, description: COMMAND_ID })
  commandId?: string | null;
}

@InputType({ description: "Changes of a segment; what is left out stays as it is." })
export class EditSegmentInput {
  @Field(() => ID, { description: SEGMENT })
  segmentId!: string;

  @Field(() => String, { nullable: true, description: NAME })
  name?: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      "Who belongs to it. Takes effect at once, in all environments; needs the right to publish if something published uses the segment.",
  })
  condition?: Json;

  @Field(() => String, { nullable: true, description: DESCRIPTION })
  description?: string | null;

  @Field(() => String, { nullable: true, description: NOTE })
  note?: string | null;

  @Field(() => String, { nullable: true, description: COMMAND_ID })
  commandId?: string | null;
}

@InputType({ description: "A new segment that is made of another one." })
export class CloneSegmentInput {
  @Field(() => ID, { description: "The segment to copy, archived or not." })
  segmentId!: string;

  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: "Another condition; absent: that of the copied segment, so that both have the same users.",
  })
  condition?: Json;

  @Field(() => String, { nullable: true, description: `${DESCRIPTION} Absent: that of the copied segment.` })
  description?: string | null;

  @Field(() => String, { nullable: true, description: NOTE })
  note?: string | null;

  @Field(() => String, { nullable: true, description: COMMAND_ID })
  commandId?: string | null;
}

@InputType({ description: "The segment to put away." })
export class ArchiveSegmentInput {
  @Field(() => ID, { description: SEGMENT })
  segmentId!: string;

  @Field(() => String, { nullable: true, description: NOTE })
  note?: string | null;

  @Field(() => Boolean, { nullable: true, description: VALIDATE_ONLY })
  validateOnly?: boolean | null;

  @Field(() => String, { nullable: true, description: COMMAND_ID })
  commandId?: string | null;
}

@InputType({ description: "The archived segment to take back into use." })
export class RestoreSegmentInput {
  @Field(() => ID, { description: SEGMENT })
  segmentId!: string;

  @Field(() => String, { nullable: true, description: NOTE })
  note?: string | null;

  @Field(() => String, { nullable: true, description: COMMAND_ID })
  commandId?: string | null;
}
