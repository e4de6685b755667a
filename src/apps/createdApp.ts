import type { App } from "./app.graphql";
import { appsBySlug } from "./app.loaders";
import { toApp } from "./app.nodes";
import type { Outcome } from "../eventstore/commands";
import type { Context } from "../graphql/context";
import { load } from "../graphql/load";

/** The new app, once read models and rulesets show it. */
export async function createdApp(
  context: Context,
  slug: string,
  { position, revision }: Extract<Outcome, { outcome: "accepted" }>,
): Promise<App | null> {
  const { server } = context;
  await Promise.all([server.projected(position), server.rulesets.refreshed(slug, revision)]);
  return loadApp(context, slug);
}

export async function loadApp(context: Context, slug: string): Promise<App | null> {
  const row = await load(context, appsBySlug, slug);
  return row ? toApp(row) : null;
}
