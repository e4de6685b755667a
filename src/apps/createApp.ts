import { randomUUID } from "node:crypto";
import type { AppCommand } from "./app.decider";
import { appStream } from "./app.events";
import { appFaults, type NewApp } from "./app.policy";
import { findRegisteredApps } from "./app.queries";
import type { AppState } from "./app.state";
import type { InstanceCommand, InstanceState } from "./instance.decider";
import { INSTANCE_STREAM } from "./instance.events";
import type { CommandHandler, Envelope, Outcome } from "../eventstore/commands";
import { copyDefinitionLists, copySource } from "../definitions/copySource";
import type { Refusal } from "../lib/refusal";
import type { Database } from "../postgres/database";

/** How many interrupted creations one run completes at the most. */
export const REGISTERED_APPS_MAX = 100;

type Handlers = Readonly<{
  apps: CommandHandler<AppState, AppCommand>;
  instance: CommandHandler<InstanceState, InstanceCommand>;
  database: Database;
}>;

/**
 * Creates an app in two steps, since it concerns two streams: the slug is reserved on the instance's, then the app's
 * own begins, a copy with all that it copies. Between them a crash leaves a registered app, which nobody sees, and which
 * a repeated command or `finishRegisteredApps` completes.
 */
export async function createApp(handlers: Handlers, data: NewApp, envelope: Envelope): Promise<Outcome> {
  const faults = appFaults(data);
  if (faults.length > 0) return { outcome: "refused", reasons: faults };
  if (data.copiedFrom !== undefined) {
    // A slug is taken for ever, so it is not taken for what cannot begin.
    const checked = await beginStream(handlers, data, { ...envelope, validateOnly: true });
    if (checked.outcome === "refused") return checked;
  }
  const registered = await handlers.instance.handle(INSTANCE_STREAM, { type: "RegisterApp", data }, envelope);
  if (registered.outcome === "refused" || envelope.validateOnly === true) return registered;
  // The same command id serves both: it is the wish's, and counts for each stream apart.
  return beginStream(handlers, data, envelope);
}

/** Completes apps whose creation was interrupted; run at start and now and then. Returns their slugs. */
export async function finishRegisteredApps(handlers: Pick<Handlers, "apps" | "database">): Promise<string[]> {
  const registered = await findRegisteredApps(handlers.database, REGISTERED_APPS_MAX);
  for (const row of registered) {
    const { app: slug, name, registration_note: note, registration_copied_from: copiedFrom } = row;
    // Asked twice, as by a server that creates it right now, the decider does nothing the second time.
    const envelope = { commandId: randomUUID(), actor: row.created_by, may: () => true };
    await beginStream(handlers, { slug, name, note, copiedFrom: copiedFrom ?? undefined }, envelope);
  }
  return registered.map(({ app }) => app);
}

async function beginStream(
  { apps, database }: Pick<Handlers, "apps" | "database">,
  { copiedFrom: from, ...data }: NewApp,
  envelope: Envelope,
): Promise<Outcome> {
  const stream = appStream(data.slug);
  if (from === undefined) return apps.handle(stream, { type: "CreateApp", data }, envelope);
  const definition = await copySource(apps, from, data.name);
  if (!definition) return { outcome: "refused", reasons: [nothingToCopy] };
  if (envelope.validateOnly !== true) {
    await copyDefinitionLists(database, { from, to: data.slug }, definition);
  }
  // What is copied may be another by the time of a repeat, which then is another command, and finds the app there.
  const own = { ...envelope, commandId: randomUUID() };
  return apps.handle(stream, { type: "CreateApp", data: { ...data, definition } }, own);
}

const nothingToCopy: Refusal = {
  code: "NOT_FOUND",
  message: "There is no such app to copy; check its slug.",
  path: ["from"],
};
