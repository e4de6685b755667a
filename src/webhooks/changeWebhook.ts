import { forgetWebhook } from "./delivery.queries";
import { WEBHOOK_ID_PREFIX, type WebhookCommand } from "./webhook.decider";
import type { Webhook } from "./webhook.graphql";
import { toWebhook, webhooksById } from "./webhook.nodes";
import type { Context } from "../graphql/context";
import { appOfId, execute, withoutApp, type CommandOptions } from "../graphql/execute";
import { load } from "../graphql/load";
import type { UserError } from "../graphql/userError";

export type WebhookOutcome = { webhook: Webhook | null; secret: string | null; errors: readonly UserError[] };

export const refused = (errors: readonly UserError[]): WebhookOutcome => ({
  webhook: null,
  secret: null,
  errors,
});

/** Does what a mutation asks for. A secret leaves with the answer of what makes it, also when that is repeated. */
export async function changeWebhook(
  context: Context,
  command: WebhookCommand,
  { commandId }: CommandOptions,
  app: string | null = null,
): Promise<WebhookOutcome> {
  const { type, data } = command;
  const url = "url" in data ? data.url : undefined;
  const fault = url === undefined ? null : context.server.webhooks.targetFault(url);
  if (fault !== null) return refused([{ code: "INVALID", message: fault, path: ["url"] }]);
  const executed = await execute(
    context,
    app ?? ("webhookId" in data ? appOfId(data.webhookId) : ""),
    command,
    { commandId },
  );
  if (!executed.isDone) {
    const thing = { noun: "webhook", field: "webhookId" };
    return refused(app === null ? withoutApp(executed.errors, thing) : executed.errors);
  }
  const id = "webhookId" in data ? data.webhookId : executed.newId(WEBHOOK_ID_PREFIX);
  // Whatever a server that sends right now still writes is found by nobody.
  if (type === "DeleteWebhook") await forgetWebhook(context.server.database, id);
  const row = await load(context, webhooksById, id);
  if (!row) return refused([]);
  const isSecretNew = type === "CreateWebhook" || type === "RotateWebhookSecret";
  const secret = isSecretNew ? context.server.webhooks.secretOf(id, row.secret_number) : null;
  return { webhook: toWebhook(row), secret, errors: [] };
}
