import { Field, ID, InputType, Int } from "type-graphql";
import { WEBHOOK_OVERLAP_SECONDS_MAX } from "./webhook.decider";
import { ChangesStartAt } from "../changes/changes.graphql";
import { NotedInput } from "../graphql/command.graphql";
import { DateTimeScalar } from "../graphql/scalars";

@InputType()
abstract class FilteredInput extends NotedInput {
  @Field(() => String, { nullable: true, description: "What it is for: at most 2,000 characters." })
  description?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: "Only what happens in these environments, and what concerns all of them; empty: in all.",
  })
  environments?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: "Only things of these types: Key, Config; empty: of all.",
  })
  kinds?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: "Only events of these types: ConfigPublished; empty: of all.",
  })
  types?: string[] | null;

  @Field(() => [ID], { nullable: true, description: "Only the things with these ids; empty: all." })
  entities?: string[] | null;
}

@InputType({ description: "A new webhook; what happens from now on is sent." })
export class CreateWebhookInput extends FilteredInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, {
    description: "Where to send: https:// or http://, without user and password, at most 2,000 characters.",
  })
  url!: string;
}

@InputType({ description: "A webhook that is to become another; what is left out stays as it is." })
export class EditWebhookInput extends FilteredInput {
  @Field(() => ID, { description: "The webhook." })
  webhookId!: string;

  @Field(() => String, { nullable: true, description: "Where to send from now on." })
  url?: string | null;
}

@InputType()
abstract class WebhookInput extends NotedInput {
  @Field(() => ID, { description: "The webhook." })
  webhookId!: string;
}

@InputType({ description: "A webhook that is to get another secret." })
export class RotateWebhookSecretInput extends WebhookInput {
  @Field(() => Int, {
    defaultValue: 86_400,
    description: `How long the present secret signs beside the new one: 0 to ${WEBHOOK_OVERLAP_SECONDS_MAX} seconds (7 days). One from an earlier rotation ends at once.`,
  })
  overlapSeconds!: number;
}

@InputType({ description: "Where a webhook is to go on: one of `after`, `since` and `startAt`." })
export class ReplayWebhookInput extends WebhookInput {
  @Field(() => String, { nullable: true, description: "Behind this cursor of the feed." })
  after?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "With the first event at or after this instant.",
  })
  since?: string | null;

  @Field(() => ChangesStartAt, {
    nullable: true,
    description: "At an end of the feed: NOW skips all that was not sent yet.",
  })
  startAt?: ChangesStartAt | null;
}

@InputType({ description: "A webhook to which nothing is to be sent." })
export class DisableWebhookInput extends WebhookInput {}

@InputType({ description: "A webhook that is to go on where it was." })
export class EnableWebhookInput extends WebhookInput {}

@InputType({ description: "A webhook that is to be no more." })
export class DeleteWebhookInput extends WebhookInput {}

@InputType({ description: "A webhook to try." })
export class SendTestEventInput extends WebhookInput {}
