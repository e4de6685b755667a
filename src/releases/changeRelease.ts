import type { NewSchedule } from "./schedule.decider";
import type { StartPreview } from "./preview.decider";
import { toPreview, type PreviewPayload } from "./preview.graphql";
import { findPreviewIn } from "./preview.queries";
import { toScheduledPublication } from "./publication.graphql";
import { findScheduledPublications } from "./publication.queries";
import type { CreateReleaseInput, EditReleaseInput } from "./release.inputs.graphql";
import type { ScheduledPublicationPayload } from "./release.payloads.graphql";
import { releasesById } from "./release.loaders";
import type { ReleaseRow } from "./release.tables";
import type { AppCommand } from "../apps/app.decider";
import type { Context } from "../graphql/context";
import { appOfId, execute, type CommandOptions, type Executed, type Said } from "../graphql/execute";
import { load } from "../graphql/load";

/** The release as it is after a change; null if there are errors. */
export type ChangedRelease = Said & Readonly<{ row: ReleaseRow | null }>;

export async function createRelease(
  context: Context,
  app: string,
  idPrefix: string,
  command: AppCommand,
  options: CommandOptions,
): Promise<ChangedRelease> {
  const executed = await execute(context, app, command, options);
  return changedRelease(context, executed, executed.isDone ? executed.newId(idPrefix) : "");
}

export async function changeRelease(
  context: Context,
  command: Extract<AppCommand, { data: { id: string } }>,
  options: CommandOptions,
): Promise<ChangedRelease> {
  const { id } = command.data;
  return changedRelease(context, await execute(context, appOfId(id), command, options), id);
}

async function changedRelease(
  context: Context,
  { isDone, errors, warnings }: Executed,
  id: string,
): Promise<ChangedRelease> {
  if (!isDone) return { row: null, errors, warnings };
  const row = await load(context, releasesById, id);
  return { row: row ?? null, errors, warnings };
}

/** What a new release of any kind is called, and why it is made. */
export function textsIn({ name, description, note }: CreateReleaseInput) {
  return { name, description: description ?? undefined, note: note ?? undefined };
}

/** What an edit of any kind of release says beside the content. */
export function editedIn({ expectedVersion, name, description, note }: EditReleaseInput) {
  return {
    expectedVersion: expectedVersion ?? undefined,
    name: name ?? undefined,
    description: description ?? undefined,
    note: note ?? undefined,
  };
}

export type ScheduleOptions = CommandOptions & Omit<NewSchedule, "id" | "note"> & { note?: string | null };

/** What a new schedule is asked for with, as the input of any kind of release says it. */
export function newSchedule(id: string, input: ScheduleOptions): NewSchedule {
  const { version, environment, startsAt, endsAt, note } = input;
  return { id, version, environment, startsAt, endsAt, note: note ?? undefined };
}

export async function scheduleRelease(
  context: Context,
  command: Extract<AppCommand, { data: NewSchedule }>,
  options: CommandOptions,
): Promise<ScheduledPublicationPayload> {
  const executed = await execute(context, appOfId(command.data.id), command, options);
  const isNew = executed.isDone && options.validateOnly !== true;
  return scheduledPublication(context, executed, isNew ? executed.newId("schedule") : null);
}

/** The preview that goes on after it: also one that was asked for again, and so goes on as it was. */
export async function previewRelease(
  context: Context,
  command: Extract<AppCommand, { data: StartPreview }>,
  options: CommandOptions,
): Promise<PreviewPayload> {
  const { id, environment } = command.data;
  const executed = await execute(context, appOfId(id), command, options);
  const { isDone, errors, warnings } = executed;
  if (!isDone || options.validateOnly === true) return { preview: null, errors, warnings };
  const row = await findPreviewIn(context.server.database, id, environment);
  return { preview: row && toPreview(row), errors, warnings };
}

/** The scheduled publication as it is after a change; null if there are errors, or without an id. */
export async function scheduledPublication(
  { server }: Context,
  { isDone, errors, warnings }: Executed,
  scheduleId: string | null,
): Promise<ScheduledPublicationPayload> {
  if (!isDone || scheduleId === null) return { scheduledPublication: null, errors, warnings };
  const [row] = await findScheduledPublications(server.database, [scheduleId]);
  return { scheduledPublication: row ? toScheduledPublication(row) : null, errors, warnings };
}
