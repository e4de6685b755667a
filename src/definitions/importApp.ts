import { checkDefinitionForm } from "./definitionForm.policy";
import { prepareDefinition, saveDefinitionLists } from "./definitionLists";
import { momentOf } from "./exportApp";
import type { ImportCommand } from "./import.decider";
import { changesOf, type DefinitionChange } from "./importChanges";
import { appsWith } from "../access/roles.policy";
import { appDecider } from "../apps/app.decider";
import type { Context } from "../graphql/context";
import { envelopeOf, execute, userErrors, type CommandOptions, type Said } from "../graphql/execute";
import type { UserError } from "../graphql/userError";
import type { JsonObject } from "../lib/json";

export type Imported = Said & Readonly<{ changes: readonly DefinitionChange[] | null }>;

export type ImportRequest = CommandOptions &
  Readonly<{
    app: string;
    definition: JsonObject;
    note?: string | undefined;
    expectedRevision?: number | undefined;
  }>;

/**
 * Makes an app what a definition says. Lists of user ids are stored before the command is appended, so no event names a
 * list that is not there; and only after it was decided once without them, so a refused import leaves none behind.
 */
export async function importApp(context: Context, request: ImportRequest): Promise<Imported> {
  const { database } = context.server;
  const { app, note, expectedRevision } = request;
  const refused = (errors: readonly UserError[]): Imported => ({ changes: null, errors, warnings: [] });
  const checked = checkDefinitionForm(request.definition);
  if (!checked.definition) return refused(await userErrors(context, checked.reasons));
  const readable = appsWith(context.actor, "READ");
  const prepared = await prepareDefinition(database, app, checked.definition, readable);
  if (prepared.reasons.length > 0) return refused(await userErrors(context, prepared.reasons));
  const data = { definition: prepared.definition, note, expectedRevision };
  const command = { type: "ImportApp", data } as const;
  // Before it happens, so that it is known what it changes.
  const changes = await changesBy(context, app, command);
  if (prepared.lists.length > 0 || prepared.elsewhere.size > 0) {
    const { isDone, errors } = await execute(context, app, command, { ...request, validateOnly: true });
    if (!isDone) return refused(errors);
    if (request.validateOnly !== true) await saveDefinitionLists(database, app, prepared);
  }
  const executed = await execute(context, app, command, request);
  const { isDone, errors, warnings } = executed;
  return isDone ? { changes, errors, warnings } : refused(errors);
}

/** What the command would change in the app as it is now; nothing if it would be refused, or has been done. */
async function changesBy(
  context: Context,
  app: string,
  command: ImportCommand,
): Promise<readonly DefinitionChange[]> {
  const { apps, now } = context.server;
  const moment = await momentOf(apps, app, (state) => appDecider.needs?.(command, state) ?? []);
  if (!moment) return [];
  const { state, revision, contentAt } = moment;
  const { actor, may } = envelopeOf(context, app, {});
  const decision = appDecider.decide(command, state, {
    at: now().toISOString(),
    actor,
    may,
    revision,
    secretHash: null,
    newId: (prefix, ordinal = 0) => `${prefix}_${ordinal}`,
    content: contentAt,
  });
  return decision.outcome === "accepted" ? changesOf(state, decision.events, contentAt) : [];
}
