import { PRODUCTION, type AppEvent } from "./app.events";
import { appNameRefusals, type NewApp } from "./app.policy";
import { changedSettings, settingsRefusals, type WantedSettings } from "./settings.policy";
import type { AppState } from "./app.state";
import type { EnvironmentEvent } from "./environment.events";
import { usersOfAnyEnvironment } from "./uses.policy";
import type { UserListReference } from "../evaluation/condition";
import type { Definition } from "../definitions/definition.policy";
import { accept, refuse, type Command, type Decision } from "../lib/decider";
import { jsonEquals } from "../lib/json";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";

/** What can be asked of an app as a whole. What is left out of an edit stays as it is. */
export type AppOwnCommand =
  /**
   * The second half of creating an app, after its slug was reserved; asked again, it does nothing. A copy starts with the
   * definition of another app.
   */
  | Command<"CreateApp", Omit<NewApp, "copiedFrom"> & { definition?: Definition | undefined }>
  | Command<"EditApp", { name?: string | undefined } & Noted>
  | Command<"UpdateAppSettings", WantedSettings & Noted>
  /** The list is stored already. */
  | Command<"SetTestUsers", { users: UserListReference } & Noted>
  | Command<"ArchiveApp" | "RestoreApp", Noted>;

type Noted = { note?: string | undefined };
type AppDecision = Decision<AppEvent | EnvironmentEvent>;

/** Decides over the app itself. */
export function decideApp(command: AppOwnCommand, state: AppState): AppDecision {
  if (command.type === "CreateApp") return state.slug === null ? createApp(command.data) : accept();
  if (state.slug === null) return refuse(noSuchApp);
  const { note = "" } = command.data;
  const notes = noteRefusals(note);
  switch (command.type) {
    case "RestoreApp":
      if (notes.length > 0) return refuse(...notes);
      return state.isArchived ? accept({ type: "AppRestored", data: { note } }) : accept();
    case "ArchiveApp":
      return archiveApp(note, notes, state);
    case "SetTestUsers":
      return state.isArchived ? refuse(archivedApp) : setTestUsers(command.data.users, note, notes, state);
    case "EditApp":
    case "UpdateAppSettings":
      return state.isArchived ? refuse(archivedApp) : changeApp(command, note, notes, state);
  }
}

const COMMANDS: ReadonlySet<string> = new Set<AppOwnCommand["type"]>([
  "CreateApp",
  "EditApp",
  "UpdateAppSettings",
  "SetTestUsers",
  "ArchiveApp",
  "RestoreApp",
]);

export function isAppOwnCommand(command: { type: string }): command is AppOwnCommand {
  return COMMANDS.has(command.type);
}

export const noSuchApp: Refusal = {
  code: "NOT_FOUND",
  message: "There is no such app; create it first or check its slug.",
  path: ["app"],
};

export const archivedApp: Refusal = {
  code: "ARCHIVED",
  message: "This app is archived; restore it first.",
  path: ["app"],
};

function createApp({ slug, name, note = "" }: Omit<NewApp, "copiedFrom">): AppDecision {
  return accept<AppEvent | EnvironmentEvent>(
    { type: "AppCreated", data: { slug, name, note } },
    { type: "EnvironmentCreated", data: { name: PRODUCTION, description: "", note } },
  );
}

function changeApp(
  { type, data }: Extract<AppOwnCommand, { type: "EditApp" | "UpdateAppSettings" }>,
  note: string,
  notes: readonly Refusal[],
  { name, settings }: AppState,
): AppDecision {
  if (type === "EditApp") {
    const wanted = data.name ?? name;
    const reasons = [...appNameRefusals(wanted), ...notes];
    if (reasons.length > 0) return refuse(...reasons);
    return wanted === name ? accept() : accept({ type: "AppEdited", data: { name: wanted, note } });
  }
  const wanted = changedSettings(settings, data);
  const reasons = [...settingsRefusals(wanted), ...notes];
  if (reasons.length > 0) return refuse(...reasons);
  return jsonEquals(wanted, settings)
    ? accept()
    : accept({ type: "AppSettingsUpdated", data: { ...wanted, note } });
}

function setTestUsers(
  { list, count }: UserListReference,
  note: string,
  notes: readonly Refusal[],
  { testUsers }: AppState,
): AppDecision {
  if (notes.length > 0) return refuse(...notes);
  const isSame = count === 0 ? testUsers === null : testUsers?.list === list;
  return isSame ? accept() : accept({ type: "TestUsersSet", data: { list, count, note } });
}

/** Nobody's values may change by it, so nothing may be published, previewed or scheduled any more. */
function archiveApp(note: string, notes: readonly Refusal[], state: AppState): AppDecision {
  if (state.isArchived) return accept();
  const usedBy = usersOfAnyEnvironment(state);
  const inUse: Refusal = {
    code: "IN_USE",
    message: `The app has publications of ${usedBy.map((user) => `"${user.name}"`).join(", ")}. Unpublish them, cancel what is scheduled, and end previews, first.`,
    path: ["app"],
    usedBy,
  };
  const reasons = [...(usedBy.length > 0 ? [inUse] : []), ...notes];
  return reasons.length > 0 ? refuse(...reasons) : accept({ type: "AppArchived", data: { note } });
}
