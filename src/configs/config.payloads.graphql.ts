import { Field, ObjectType } from "type-graphql";
import { Config } from "./config.graphql";
import { UserError } from "../graphql/userError";
import { ScheduledPublication } from "../releases/publication.graphql";

@ObjectType()
abstract class Payload {
  @Field(() => [UserError], { description: "Every reason why nothing was changed; empty on success." })
  errors!: readonly UserError[];
}

@ObjectType()
abstract class ConfigPayload extends Payload {
  @Field(() => Config, { nullable: true, description: "The config as it is now; null if there are errors." })
  config!: Config | null;
}

@ObjectType()
abstract class ScheduledPublicationPayload extends Payload {
  @Field(() => ScheduledPublication, {
    nullable: true,
    description:
      "The scheduled publication as it is now; null if there are errors, or if it was only validated.",
  })
  scheduledPublication!: ScheduledPublication | null;
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

@ObjectType({ description: "What came of scheduling a publication." })
export class ScheduleConfigPayload extends ScheduledPublicationPayload {}

@ObjectType({ description: "What came of rescheduling a publication." })
export class RescheduleScheduledPublicationPayload extends ScheduledPublicationPayload {}

@ObjectType({ description: "What came of cancelling a scheduled publication." })
export class CancelScheduledPublicationPayload extends ScheduledPublicationPayload {}
