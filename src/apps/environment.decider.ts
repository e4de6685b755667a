import type { AppState } from "./app.state";
import type { EnvironmentEvent } from "./environment.events";
import { environmentNameRefusals, textRefusals } from "./app.policy";
import { openEnvironments, type Environment } from "./environment.state";
import { usersOfEnvironment } from "./uses.policy";
import { accept, refuse, type Command, type Decision } from "../lib/decider";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";

/** Unarchived ones. */
export const ENVIRONMENTS_PER_APP_MAX = 20;

/** In an edit, what is left out stays as it is. Elsewhere a text left out is empty. */
export type EnvironmentCommand =
  | Command<"CreateEnvironment" | "EditEnvironment", { name: string } & Describing>
  | Command<"ArchiveEnvironment" | "RestoreEnvironment", { name: string; note?: string | undefined }>;

type Describing = { description?: string | undefined; note?: string | undefined };
type EnvironmentDecision = Decision<EnvironmentEvent>;

/** Decides over the environments of an app, and over what is published in them. */
export function decideEnvironment(command: EnvironmentCommand, state: AppState): EnvironmentDecision {
  const { name, note = "" } = command.data;
  if (command.type === "CreateEnvironment") return createEnvironment(name, command.data, state);
  const environment = state.environments.get(name);
  if (!environment) return refuse(notFound(name, state));
  switch (command.type) {
    case "EditEnvironment":
      return editEnvironment(environment, command.data);
    case "ArchiveEnvironment":
      return archiveEnvironment(environment, note, state);
    case "RestoreEnvironment":
      return restoreEnvironment(environment, note, state);
  }
}

const COMMANDS: ReadonlySet<string> = new Set<EnvironmentCommand["type"]>([
  "CreateEnvironment",
  "EditEnvironment",
  "ArchiveEnvironment",
  "RestoreEnvironment",
]);

export function isEnvironmentCommand(command: { type: string }): command is EnvironmentCommand {
  return COMMANDS.has(command.type);
}

function createEnvironment(
  name: string,
  { description = "", note = "" }: Describing,
  state: AppState,
): EnvironmentDecision {
  const reasons = [
    ...environmentNameRefusals(name),
    ...takenRefusals(name, state),
    ...textRefusals({ description, note }),
    ...limitRefusals(state),
  ];
  return reasons.length > 0
    ? refuse(...reasons)
    : accept({ type: "EnvironmentCreated", data: { name, description, note } });
}

function editEnvironment(
  environment: Environment,
  { description = environment.description, note = "" }: Describing,
): EnvironmentDecision {
  const { name } = environment;
  const reasons = [
    ...(environment.isArchived ? [archived(name)] : []),
    ...textRefusals({ description, note }),
  ];
  if (reasons.length > 0) return refuse(...reasons);
  return description === environment.description
    ? accept()
    : accept({ type: "EnvironmentEdited", data: { name, description, note } });
}

function archiveEnvironment(
  { name, isArchived }: Environment,
  note: string,
  state: AppState,
): EnvironmentDecision {
  if (isArchived) return accept();
  const reasons = [...inUseRefusals(name, state), ...lastRefusals(name, state), ...noteRefusals(note)];
  return reasons.length > 0
    ? refuse(...reasons)
    : accept({ type: "EnvironmentArchived", data: { name, note } });
}

function restoreEnvironment(
  { name, isArchived }: Environment,
  note: string,
  state: AppState,
): EnvironmentDecision {
  if (!isArchived) return accept();
  const reasons = [...limitRefusals(state), ...noteRefusals(note)];
  return reasons.length > 0
    ? refuse(...reasons)
    : accept({ type: "EnvironmentRestored", data: { name, note } });
}

function inUseRefusals(name: string, state: AppState): readonly Refusal[] {
  const usedBy = usersOfEnvironment(state, name);
  if (usedBy.length === 0) return [];
  const users = usedBy.map((user) => `"${user.name}"`).join(", ");
  const message = `In environment "${name}" there are publications of ${users}. Unpublish them there, cancel what is scheduled there, and end previews there, first.`;
  return [{ code: "IN_USE", message, path: ["name"], usedBy }];
}

function lastRefusals(name: string, state: AppState): readonly Refusal[] {
  if (openEnvironments(state).some((other) => other !== name)) return [];
  const message = `"${name}" is the last environment of the app, which needs one; create another one first.`;
  return [{ code: "WRONG_STATE", message, path: ["name"] }];
}

function takenRefusals(name: string, { environments }: AppState): readonly Refusal[] {
  const taken = environments.get(name);
  if (!taken) return [];
  const message = taken.isArchived
    ? `There was an environment "${name}" already, and names are never used again; restore that one or choose another name.`
    : `There is an environment "${name}" already; choose another name.`;
  return [{ code: "TAKEN", message, path: ["name"] }];
}

function limitRefusals(state: AppState): readonly Refusal[] {
  if (openEnvironments(state).length < ENVIRONMENTS_PER_APP_MAX) return [];
  const message = `An app has at most ${ENVIRONMENTS_PER_APP_MAX} environments that are not archived; archive one first.`;
  return [{ code: "LIMIT_REACHED", message, path: [] }];
}

function archived(name: string): Refusal {
  return {
    code: "ARCHIVED",
    message: `Environment "${name}" is archived; restore it first.`,
    path: ["name"],
  };
}

function notFound(name: string, state: AppState): Refusal {
  const known = openEnvironments(state).join(", ");
  // The name may be anything of any length.
  const message = `There is no environment "${name.slice(0, 200)}" in this app; it has: ${known}.`;
  return { code: "NOT_FOUND", message, path: ["name"] };
}
