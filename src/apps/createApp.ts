import { randomUUID } from "node:crypto";
import type { AppCommand } from "./app.decider";
import { appStream } from "./app.events";
import { appFaults, type NewApp } from "./app.policy";
import { findRegisteredApps } from "./app.queries";
import type { AppState } from "./app.state";
import type { InstanceCommand, InstanceState } from "./instance.decider";
import { INSTANCE_STREAM } from "./instance.events";
import type { CommandHandler, Envelope, Outcome } from "../eventstore/commands";
import type { Database } from "../postgres/database";

/** How many interrupted creations one run completes at the most. */
export const REGISTERED_APPS_MAX = 100;

type Handlers = Readonly<{
  apps: CommandHandler<AppState, AppCommand>;
  instance: CommandHandler<InstanceState, InstanceCommand>;
}>;

/**
 * Creates an app in two steps, since it concerns two streams: the slug is reserved on the instance's, then the app's
 * own begins. Between them a crash leaves a registered app, which a repeated command or `finishRegisteredApps` completes.
 */
export async function createApp(
  { apps, instance }: Handlers,
  data: NewApp,
  envelope: Envelope,
): Promise<Outcome> {
  const faults = appFaults(data);
  if (faults.length > 0) return { outcome: "refused", reasons: faults };

  const registered = await instance.handle(INSTANCE_STREAM, { type: "RegisterApp", data }, envelope);
  if (registered.outcome === "refused" || envelope.validateOnly === true) return registered;
  // The same command id serves both: it is the wish's, and counts for each stream apart.
  return beginStream(apps, data, envelope);
}

/** Completes apps whose creation was interrupted; run at start and now and then. Returns their slugs. */
export async function finishRegisteredApps({
  apps,
  database,
}: Pick<Handlers, "apps"> & Readonly<{ database: Database }>): Promise<string[]> {
  const registered = await findRegisteredApps(database, REGISTERED_APPS_MAX);
  for (const { app, name, registration_note: note, created_by } of registered) {
    // Asked twice, as by a server that creates it right now, the decider does nothing the second time.
    const envelope = { commandId: randomUUID(), actor: created_by, may: () => true };
    await beginStream(apps, { slug: app, name, note }, envelope);
  }
  return registered.map(({ app }) => app);
}

async function beginStream(apps: Handlers["apps"], data: NewApp, envelope: Envelope): Promise<Outcome> {
  return apps.handle(appStream(data.slug), { type: "CreateApp", data }, envelope);
}
