import { Field, ObjectType } from "type-graphql";
import { Config } from "./config.graphql";
import { WarnedPayload } from "../graphql/payload.graphql";
import { PreviewPayload } from "../releases/preview.graphql";
import { ScheduledPublicationPayload } from "../releases/release.payloads.graphql";

@ObjectType()
abstract class ConfigPayload extends WarnedPayload {
  @Field(() => Config, {
    nullable: true,
    description: "The config as it is now; null if there are errors, or if a new one was only validated.",
  })
  config!: Config | null;
}

@ObjectType({ description: "What came of creating a config." })
export class CreateConfigPayload extends ConfigPayload {}

@ObjectType({ description: "What came of editing a config." })
export class EditConfigPayload extends ConfigPayload {}

@ObjectType({ description: "What came of publishing a config." })
export class PublishConfigPayload extends ConfigPayload {}

@ObjectType({ description: "What came of unpublishing a config." })
export class UnpublishConfigPayload extends ConfigPayload {}

@ObjectType({ description: "What came of archiving a config." })
export class ArchiveConfigPayload extends ConfigPayload {}

@ObjectType({ description: "What came of restoring a config." })
export class RestoreConfigPayload extends ConfigPayload {}

@ObjectType({ description: "What came of scheduling a publication of a config." })
export class ScheduleConfigPayload extends ScheduledPublicationPayload {}

@ObjectType({ description: "What came of starting a preview of a config." })
export class PreviewConfigPayload extends PreviewPayload {}
