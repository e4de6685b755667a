import { Field, ID, InputType } from "type-graphql";
import { NotedInput, ValidatableInput } from "../graphql/command.graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

const SEGMENT = "The segment's id.";
const NAME = "What people call it: 1 to 120 characters, unlike any segment that is not archived.";
const DESCRIPTION = "What it is for, for people: at most 1,000 characters.";

@InputType({ description: "A new segment." })
export class CreateSegmentInput extends ValidatableInput {
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
}

@InputType({ description: "Changes of a segment; what is left out stays as it is." })
export class EditSegmentInput extends ValidatableInput {
  @Field(() => ID, { description: SEGMENT })
  segmentId!: string;

  @Field(() => String, { nullable: true, description: NAME })
  name?: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      "Who belongs to it. Takes effect at once, in all environments; takes the right to publish in each where something published or scheduled uses the segment.",
  })
  condition?: Json;

  @Field(() => String, { nullable: true, description: DESCRIPTION })
  description?: string | null;
}

@InputType({ description: "A new segment that is made of another one." })
export class CloneSegmentInput extends ValidatableInput {
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
}

@InputType({ description: "The segment to put away." })
export class ArchiveSegmentInput extends ValidatableInput {
  @Field(() => ID, { description: SEGMENT })
  segmentId!: string;
}

@InputType({ description: "The archived segment to take back into use." })
export class RestoreSegmentInput extends NotedInput {
  @Field(() => ID, { description: SEGMENT })
  segmentId!: string;
}
