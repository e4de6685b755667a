import { Field, ObjectType } from "type-graphql";
import { Webhook, WebhookAttempt } from "./webhook.graphql";
import { Payload } from "../graphql/payload.graphql";

const SECRET =
  "What it signs by, as `whsec_…` of Standard Webhooks: keep it, for it is shown only here. Null if it was refused.";

@ObjectType()
abstract class WebhookPayload extends Payload {
  @Field(() => Webhook, { nullable: true, description: "The webhook as it is now; null if it was refused." })
  webhook!: Webhook | null;
}

@ObjectType({ description: "What came of creating a webhook." })
export class CreateWebhookPayload extends WebhookPayload {
  @Field(() => String, { nullable: true, description: SECRET })
  secret!: string | null;
}

@ObjectType({ description: "What came of editing a webhook." })
export class EditWebhookPayload extends WebhookPayload {}

@ObjectType({ description: "What came of giving a webhook another secret." })
export class RotateWebhookSecretPayload extends WebhookPayload {
  @Field(() => String, { nullable: true, description: SECRET })
  secret!: string | null;
}

@ObjectType({ description: "What came of replaying changes to a webhook." })
export class ReplayWebhookPayload extends WebhookPayload {}

@ObjectType({ description: "What came of disabling a webhook." })
export class DisableWebhookPayload extends WebhookPayload {}

@ObjectType({ description: "What came of enabling a webhook." })
export class EnableWebhookPayload extends WebhookPayload {}

@ObjectType({ description: "What came of deleting a webhook." })
export class DeleteWebhookPayload extends Payload {}

@ObjectType({ description: "What came of sending a test event." })
export class SendTestEventPayload extends Payload {
  @Field(() => WebhookAttempt, {
    nullable: true,
    description: "How the receiver answered; null if it was refused.",
  })
  attempt!: WebhookAttempt | null;
}
