import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import type { WebhookDisabledReason } from "./webhook.events";
import { ActorType } from "../graphql/actor.graphql";
import { Node } from "../graphql/node.graphql";
import { DateTimeScalar } from "../graphql/scalars";

export const WebhookStatus = { ACTIVE: "ACTIVE", FAILING: "FAILING", DISABLED: "DISABLED" } as const;
export type WebhookStatus = keyof typeof WebhookStatus;

registerEnumType(WebhookStatus, {
  name: "WebhookStatus",
  description: "How a webhook stands.",
  valuesConfig: {
    ACTIVE: { description: "What happens is sent." },
    FAILING: { description: "The last attempt failed; it is tried again, for three days at most." },
    DISABLED: { description: "Nothing is sent until it is enabled; then it goes on where it was." },
  },
});

export const WebhookDisabledReasonEnum: { readonly [Name in WebhookDisabledReason]: Name } = {
  BY_HAND: "BY_HAND",
  FAILED: "FAILED",
  GONE: "GONE",
  RESTORED: "RESTORED",
};

registerEnumType(WebhookDisabledReasonEnum, {
  name: "WebhookDisabledReason",
  description: "Why a webhook is disabled.",
  valuesConfig: {
    BY_HAND: { description: "Somebody said so." },
    FAILED: { description: "Three days of attempts came to nothing." },
    GONE: { description: "The receiver answered 410 Gone." },
    RESTORED: {
      description: "A backup was restored, and nobody has said since that this server shall send.",
    },
  },
});

@ObjectType("WebhookAttempt", {
  simpleResolvers: true,
  description: "One attempt to send an event to a webhook.",
})
export class WebhookAttempt {
  @Field(() => DateTimeScalar, { description: "When it was sent." })
  at!: string;

  @Field(() => String, { description: "The event's id, which the receiver got as `webhook-id`." })
  eventId!: string;

  @Field(() => String, { description: "The event's type; `WebhookTested` for a test." })
  eventType!: string;

  @Field(() => Int, { nullable: true, description: "The status of the answer; null if there was none." })
  status!: number | null;

  @Field(() => Int, { description: "How long it took, in milliseconds." })
  durationMs!: number;

  @Field(() => String, { nullable: true, description: "Why it failed; null if the receiver took it." })
  error!: string | null;
}

/** Its app, status, cursor and attempts are declared by the resolver. */
@ObjectType("Webhook", {
  implements: [Node],
  simpleResolvers: true,
  description:
    "Where the changes of an app are sent as they happen: one after the other, signed, until each was taken.",
})
export class Webhook extends Node {
  /** Not shown: the slug behind `app`. */
  slug!: string;

  /** Not shown: what `status` is made of. */
  isFailing!: boolean;

  @Field(() => String, { description: "Where they are sent." })
  url!: string;

  @Field(() => String, { description: "What it is for; may be empty." })
  description!: string;

  @Field(() => [String], {
    nullable: true,
    description: "Only what happens in these environments, and what concerns all; null: in all of them.",
  })
  environments!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Only things of these types; null: of all." })
  kinds!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Only events of these types; null: of all." })
  types!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Only the things with these ids; null: all." })
  entities!: readonly string[] | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Until when the secret before the present one signs too, or did; null if there was none.",
  })
  previousSecretEndsAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Since when attempts fail; null if the last one did not.",
  })
  failingSince!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the event that was not taken is sent again; null if none waits for that.",
  })
  nextAttemptAt!: string | null;

  @Field(() => WebhookDisabledReasonEnum, {
    nullable: true,
    description: "Why nothing is sent; null if it is.",
  })
  disabledReason!: WebhookDisabledReason | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Since when nothing is sent; null if it is." })
  disabledAt!: string | null;

  @Field(() => String, { description: "What was noted with the latest change; may be empty." })
  note!: string;

  @Field(() => DateTimeScalar, { description: "When it was created." })
  createdAt!: string;

  @Field(() => ActorType, { description: "Who created it." })
  createdBy!: ActorType;

  @Field(() => DateTimeScalar, { description: "When it last became another." })
  updatedAt!: string;

  @Field(() => ActorType, { description: "Who did that; the server itself, where it disabled it." })
  updatedBy!: ActorType;
}
