import { Field, ObjectType } from "type-graphql";
import { Flag } from "./flag.graphql";
import { WarnedPayload } from "../graphql/payload.graphql";
import { PreviewPayload } from "../releases/preview.graphql";
import { ScheduledPublicationPayload } from "../releases/release.payloads.graphql";

@ObjectType()
abstract class FlagPayload extends WarnedPayload {
  @Field(() => Flag, {
    nullable: true,
    description: "The flag as it is now; null if there are errors, or if a new one was only validated.",
  })
  flag!: Flag | null;
}

@ObjectType({ description: "What came of creating a flag." })
export class CreateFlagPayload extends FlagPayload {}

@ObjectType({ description: "What came of editing a flag." })
export class EditFlagPayload extends FlagPayload {}

@ObjectType({ description: "What came of publishing a flag." })
export class PublishFlagPayload extends FlagPayload {}

@ObjectType({ description: "What came of unpublishing a flag." })
export class UnpublishFlagPayload extends FlagPayload {}

@ObjectType({ description: "What came of disabling a flag." })
export class DisableFlagPayload extends FlagPayload {}

@ObjectType({ description: "What came of enabling a flag." })
export class EnableFlagPayload extends FlagPayload {}

@ObjectType({ description: "What came of archiving a flag." })
export class ArchiveFlagPayload extends FlagPayload {}

@ObjectType({ description: "What came of restoring a flag." })
export class RestoreFlagPayload extends FlagPayload {}

@ObjectType({ description: "What came of scheduling a publication of a flag." })
export class ScheduleFlagPayload extends ScheduledPublicationPayload {}

@ObjectType({ description: "What came of starting a preview of a flag." })
export class PreviewFlagPayload extends PreviewPayload {}
