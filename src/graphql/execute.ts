import { randomUUID } from "node:crypto";
import type { Context, Server } from "./context";
import type { UserError } from "./userError";
import type { AppCommand } from "../apps/app.decider";
import { appStream } from "../apps/app.events";
import { usersOf } from "../apps/usedBy";
import { invariant } from "../lib/invariant";
import { parseId } from "../lib/ids";
import type { Refusal } from "../lib/refusal";

/** What every mutation's input may carry beside its own fields; null is as good as absent. */
export type CommandOptions = Readonly<{
  commandId?: string | null | undefined;
  validateOnly?: boolean | null | undefined;
}>;

export type Executed =
  | Readonly<{ isDone: true; errors: UserError[]; newId: (prefix: string, ordinal?: number) => string }>
  | Readonly<{ isDone: false; errors: UserError[] }>;

/** Sends a command to an app, and waits until read models and rulesets show what came of it. */
export async function execute(
  context: Context,
  app: string,
  command: AppCommand,
  { commandId, validateOnly }: CommandOptions = {},
): Promise<Executed> {
  const { server, actor } = context;
  const outcome = await server.apps.handle(appStream(app), command, {
    commandId: commandId ?? randomUUID(),
    actor: actor.id,
    rights: actor.rights,
    ...(validateOnly === true ? { validateOnly } : {}),
  });
  // What the request looked up before is what was before.
  context.loaders.clear();
  if (outcome.outcome === "refused") {
    if (outcome.reasons.some(({ usedBy }) => usedBy)) await untilProjected(server, app);
    return { isDone: false, errors: await userErrors(context, outcome.reasons) };
  }
  if (validateOnly !== true) {
    await Promise.all([server.projected(outcome.position), server.rulesets.refreshed(app, outcome.revision)]);
  }
  return { isDone: true, errors: [], newId: (prefix, ordinal) => outcome.newId(prefix, ordinal) };
}

/** A refusal may name what another server made a moment ago, and is to show it. */
async function untilProjected(server: Server, app: string): Promise<void> {
  const { position } = await server.apps.state(appStream(app));
  await server.projected(position);
}

/** The app that an id stands in, or a slug that no app can have if it is no id of ours: the decider then says NOT_FOUND. */
export function appOfId(id: string): string {
  return parseId(id)?.app ?? "-";
}

/** Refusals as the API shows them: those who use a thing are real nodes. */
export async function userErrors(context: Context, reasons: readonly Refusal[]): Promise<UserError[]> {
  return Promise.all(reasons.map((reason) => userError(context, reason)));
}

async function userError({ server }: Context, refusal: Refusal): Promise<UserError> {
  const { code, message, path, usedBy, versions } = refusal;
  if (code === "VERSION_CONFLICT") {
    invariant(versions, "a version conflict says which versions");
    const error = { code, message, path, expectedVersion: versions.expected, actualVersion: versions.actual };
    return error;
  }
  if (code !== "IN_USE") return { code, message, path };
  const users = await usersOf(
    server,
    (usedBy ?? []).map((user) => ({ used: "it", user })),
  );
  const error = { code, message, path, usedBy: users.get("it") ?? [] };
  return error;
}
