import { randomUUID } from "node:crypto";
import type { Context, Server } from "./context";
import type { UserError } from "./userError";
import { may, type Right } from "../access/roles.policy";
import type { AppCommand } from "../apps/app.decider";
import { appStream } from "../apps/app.events";
import type { InstanceCommand } from "../apps/instance.decider";
import { INSTANCE_STREAM } from "../apps/instance.events";
import { usersOf } from "../apps/usedBy";
import type { Envelope, Outcome } from "../eventstore/commands";
import { invariant } from "../lib/invariant";
import { parseId } from "../lib/ids";
import type { Refusal } from "../lib/refusal";
import type { Warning } from "../lib/warning";

/** What every mutation's input may carry beside its own fields; null is as good as absent. */
export type CommandOptions = Readonly<{
  commandId?: string | null | undefined;
  validateOnly?: boolean | null | undefined;
  /** Of a secret that was made for this command. */
  secretHash?: string;
}>;

export type Executed =
  | (Said & Readonly<{ isDone: true; newId: (prefix: string, ordinal?: number) => string }>)
  | (Said & Readonly<{ isDone: false }>);

/** What a mutation says beside what came of it. */
export type Said = Readonly<{ errors: readonly UserError[]; warnings: readonly Warning[] }>;

/** Sends a command to an app, and waits until read models and rulesets show what came of it. */
export async function execute(
  context: Context,
  app: string,
  command: AppCommand,
  options: CommandOptions = {},
): Promise<Executed> {
  const { server } = context;
  const outcome = await server.apps.handle(appStream(app), command, envelopeOf(context, app, options));
  // What the request looked up before is what was before.
  context.loaders.clear();
  if (outcome.outcome === "refused") {
    if (outcome.reasons.some(({ usedBy }) => usedBy)) await untilProjected(server, app);
    return { isDone: false, errors: await userErrors(context, outcome.reasons), warnings: [] };
  }
  if (options.validateOnly !== true) {
    await Promise.all([server.projected(outcome.position), server.rulesets.refreshed(app, outcome.revision)]);
  }
  return done(outcome);
}

/** Sends a command that concerns all apps together. */
export async function executeForAllApps(
  context: Context,
  command: InstanceCommand,
  options: CommandOptions = {},
): Promise<Executed> {
  const { server } = context;
  const outcome = await server.instance.handle(INSTANCE_STREAM, command, envelopeOf(context, null, options));
  context.loaders.clear();
  if (outcome.outcome === "refused") {
    return { isDone: false, errors: await userErrors(context, outcome.reasons), warnings: [] };
  }
  await server.projected(outcome.position);
  return done(outcome);
}

function done(outcome: Extract<Outcome, { outcome: "accepted" }>): Executed {
  const { warnings } = outcome;
  return { isDone: true, errors: [], warnings, newId: (prefix, ordinal) => outcome.newId(prefix, ordinal) };
}

/** Who asks for a command in an app (null: in all of them), with what they may do there. */
export function envelopeOf(
  { actor }: Pick<Context, "actor">,
  app: string | null,
  { commandId, validateOnly, secretHash }: CommandOptions,
): Envelope {
  return {
    commandId: commandId ?? randomUUID(),
    actor: actor.id,
    // Deciders ask for rights by their names.
    may: (right, environment) => may(actor, right as Right, app, environment),
    ...(validateOnly === true ? { validateOnly } : {}),
    ...(secretHash === undefined ? {} : { secretHash }),
  };
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

/** Where an app is named by the id of a thing in it only, an unknown app is an unknown thing. */
export function withoutApp(
  errors: readonly UserError[],
  thing: Readonly<{ noun: string; field: string }>,
): readonly UserError[] {
  const message = `There is no ${thing.noun} with this id; check it.`;
  return errors.map((error) =>
    error.code === "NOT_FOUND" && error.path[0] === "app"
      ? { ...error, message, path: [thing.field] }
      : error,
  );
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
