import { Field, ObjectType } from "type-graphql";
import { ScheduledPublication } from "./publication.graphql";
import { WarnedPayload } from "../graphql/payload.graphql";

@ObjectType()
export abstract class ScheduledPublicationPayload extends WarnedPayload {
  @Field(() => ScheduledPublication, {
    nullable: true,
    description:
      "The scheduled publication as it is now; null if there are errors, or if a new one was only validated.",
  })
  scheduledPublication!: ScheduledPublication | null;
}

@ObjectType({ description: "What came of rescheduling a publication." })
export class RescheduleScheduledPublicationPayload extends ScheduledPublicationPayload {}

@ObjectType({ description: "What came of cancelling a scheduled publication." })
export class CancelScheduledPublicationPayload extends ScheduledPublicationPayload {}
