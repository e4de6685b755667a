import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { changeWebhook, type WebhookOutcome } from "./changeWebhook";
import type { WebhookFilter } from "./webhook.events";
import { Webhook, WebhookAttempt, WebhookStatus } from "./webhook.graphql";
import {
  CreateWebhookInput,
  DeleteWebhookInput,
  DisableWebhookInput,
  EditWebhookInput,
  EnableWebhookInput,
  ReplayWebhookInput,
  RotateWebhookSecretInput,
  SendTestEventInput,
} from "./webhook.inputs.graphql";
import { attemptsByWebhook, statusOf, toAttempt, toWebhook, webhooksById } from "./webhook.nodes";
import {
  CreateWebhookPayload,
  DeleteWebhookPayload,
  DisableWebhookPayload,
  EditWebhookPayload,
  EnableWebhookPayload,
  ReplayWebhookPayload,
  RotateWebhookSecretPayload,
  SendTestEventPayload,
} from "./webhook.payloads.graphql";
import { listWebhooks } from "./webhook.queries";
import { KINDS_FOR_ADMINISTRATORS } from "../access/withheld";
import { App, appId } from "../apps/app.graphql";
import { checkedLists, startIn } from "../changes/changesRequest.graphql";
import {
  badArgument,
  connectionOf,
  connectionType,
  PageArguments,
  pageRequest,
  type Connection,
} from "../graphql/connection";
import type { Context } from "../graphql/context";
import { appOfId } from "../graphql/execute";
import { load } from "../graphql/load";
import { nodeOf } from "../graphql/nodeOf";

const WebhookConnection = connectionType(Webhook, "Webhook");

const INPUT = { description: "What to do, and with what." };

@Resolver(() => Webhook)
export class WebhookResolver {
  @Mutation(() => CreateWebhookPayload, {
    description: "Sends the changes of an app to a URL, from now on. Its secret is shown this once.",
  })
  createWebhook(
    @Arg("input", () => CreateWebhookInput, INPUT) input: CreateWebhookInput,
    @Ctx() context: Context,
  ): Promise<WebhookOutcome> {
    const { app, url, description, note } = input;
    const filter = { ...NO_FILTER, ...filterOf(input) };
    const data = { url, description: description ?? "", filter, note: note ?? "" };
    return changeWebhook(context, { type: "CreateWebhook", data }, input, app);
  }

  @Mutation(() => EditWebhookPayload, {
    description: "Changes where a webhook sends, or what. What failed is tried again at once.",
  })
  editWebhook(
    @Arg("input", () => EditWebhookInput, INPUT) input: EditWebhookInput,
    @Ctx() context: Context,
  ): Promise<WebhookOutcome> {
    const { url, description } = input;
    const edit = { url: url ?? undefined, description: description ?? undefined, filter: filterOf(input) };
    return changeWebhook(context, { type: "EditWebhook", data: { ...named(input), ...edit } }, input);
  }

  @Mutation(() => RotateWebhookSecretPayload, {
    description: "Gives a webhook another secret; for a while the present one signs too.",
  })
  rotateWebhookSecret(
    @Arg("input", () => RotateWebhookSecretInput, INPUT) input: RotateWebhookSecretInput,
    @Ctx() context: Context,
  ): Promise<WebhookOutcome> {
    const data = { ...named(input), overlapSeconds: input.overlapSeconds };
    return changeWebhook(context, { type: "RotateWebhookSecret", data }, input);
  }

  @Mutation(() => ReplayWebhookPayload, {
    description:
      "Sends changes again from a cursor or a time on, with the ids that they had, or skips what was not sent yet.",
  })
  async replayWebhook(
    @Arg("input", () => ReplayWebhookInput, INPUT) input: ReplayWebhookInput,
    @Ctx() context: Context,
  ): Promise<WebhookOutcome> {
    const start = startIn(input);
    const afterRevision = await context.server.webhooks.revisionOf(appOfId(input.webhookId), start);
    return changeWebhook(context, { type: "ReplayWebhook", data: { ...named(input), afterRevision } }, input);
  }

  @Mutation(() => DisableWebhookPayload, {
    description: "Sends nothing any more until it is enabled. Repeating it is harmless.",
  })
  disableWebhook(
    @Arg("input", () => DisableWebhookInput, INPUT) input: DisableWebhookInput,
    @Ctx() context: Context,
  ): Promise<WebhookOutcome> {
    const data = { ...named(input), reason: "BY_HAND" as const };
    return changeWebhook(context, { type: "DisableWebhook", data }, input);
  }

  @Mutation(() => EnableWebhookPayload, {
    description: "Sends again, from where it was: nothing is left out. Repeating it is harmless.",
  })
  enableWebhook(
    @Arg("input", () => EnableWebhookInput, INPUT) input: EnableWebhookInput,
    @Ctx() context: Context,
  ): Promise<WebhookOutcome> {
    return changeWebhook(context, { type: "EnableWebhook", data: named(input) }, input);
  }

  @Mutation(() => DeleteWebhookPayload, { description: "Removes a webhook for good, with its attempts." })
  deleteWebhook(
    @Arg("input", () => DeleteWebhookInput, INPUT) input: DeleteWebhookInput,
    @Ctx() context: Context,
  ): Promise<WebhookOutcome> {
    return changeWebhook(context, { type: "DeleteWebhook", data: named(input) }, input);
  }

  @Mutation(() => SendTestEventPayload, {
    description:
      "Sends an event of type `WebhookTested` at once, signed like all others, with its note, and says how the receiver answered. It is tried once, and moves no cursor. With the same `commandId` it is sent again with the same id.",
  })
  async sendTestEvent(
    @Arg("input", () => SendTestEventInput, INPUT) { webhookId, commandId, note }: SendTestEventInput,
    @Ctx() context: Context,
  ): Promise<SendTestEventPayload> {
    const row = await load(context, webhooksById, webhookId);
    const test = { commandId: commandId ?? null, note: note ?? "" };
    if (row) return { attempt: toAttempt(await context.server.webhooks.sendTest(row, test)), errors: [] };
    const message = "There is no webhook with this id; check it.";
    return { attempt: null, errors: [{ code: "NOT_FOUND", message, path: ["webhookId"] }] };
  }

  @FieldResolver(() => App, { nullable: true, description: "The app whose changes it sends." })
  app(@Root() { slug }: Webhook, @Ctx() context: Context): Promise<App | null> {
    return nodeOf<App>(context, "App", appId(slug));
  }

  @FieldResolver(() => WebhookStatus, { description: "How it stands." })
  status(@Root() webhook: Webhook): WebhookStatus {
    return statusOf(webhook);
  }

  @FieldResolver(() => String, {
    description: "Everything up to here was sent, or was not to be; a cursor of the feed of changes.",
  })
  async cursor(@Root() { id, slug }: Webhook, @Ctx() context: Context): Promise<string> {
    const row = await load(context, webhooksById, id);
    return context.server.webhooks.cursorOf({ app: slug, reached: row?.reached ?? -1 });
  }

  @FieldResolver(() => [WebhookAttempt], {
    description: "The last 100 attempts, tests too, the latest first.",
  })
  async attempts(@Root() { id }: Webhook, @Ctx() context: Context): Promise<readonly WebhookAttempt[]> {
    const kept = (await load(context, attemptsByWebhook, id)) ?? [];
    return kept.map(({ duration_ms: durationMs, ...attempt }) => toAttempt({ ...attempt, durationMs }));
  }
}

/** What webhooks add to `App`. */
@Resolver(() => App)
export class AppWebhooksResolver {
  @FieldResolver(() => WebhookConnection, {
    description: "Its webhooks, in the order in which they were created. Only for an ADMIN.",
  })
  async webhooks(
    @Root() { slug }: App,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() { server }: Context,
  ): Promise<Connection<Webhook>> {
    const found = await listWebhooks(server.database, slug, pageRequest(page, ["text", "text"]));
    return connectionOf(found, toWebhook, ({ created_at: at, id }) => [at, id]);
  }
}

const NO_FILTER: WebhookFilter = { environments: null, kinds: null, types: null, entities: null };

/** The lists that are given; an empty one lets all through. @throws BAD_USER_INPUT for what is never sent. */
function filterOf(input: CreateWebhookInput | EditWebhookInput) {
  const { environments, kinds, types, entities } = input;
  const given = checkedLists({ environments, kinds, types, entities }, []);
  for (const name of ["kinds", "types"] as const) {
    const withheld = given[name]?.find((value) =>
      KINDS_FOR_ADMINISTRATORS.some((kind) => value.startsWith(kind)),
    );
    if (withheld === undefined) continue;
    const message = `Webhooks never send "${withheld}"; only administrators see such changes, in the feed.`;
    throw badArgument(message, name);
  }
  const lists = Object.entries(given).map(([name, values]) => [name, values.length > 0 ? values : null]);
  return Object.fromEntries(lists) as Partial<WebhookFilter>;
}

/** What all commands about a webhook have. */
function named({ webhookId, note }: Readonly<{ webhookId: string; note?: string | null }>) {
  return { webhookId, note: note ?? "" };
}
