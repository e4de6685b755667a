import { editKey, type KeyEdit } from "./editKey.policy";
import type { KeyEvent, KeyType } from "./key.events";
import type { Key } from "./key.state";
import { checkKeyContent, keyNameRefusal } from "./keyForm.policy";
import { schemaEditNeeds } from "./valuesInUse.policy";
import type { AppState } from "../apps/app.state";
import { inUseRefusals, whoUses } from "../apps/uses.policy";
import {
  accept,
  refuse,
  type Circumstances,
  type Command,
  type ContentReference,
  type Decision,
} from "../lib/decider";
import type { Json } from "../lib/json";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";

/** Unarchived ones. */
export const KEYS_PER_APP_MAX = 500;

export type KeyCommand =
  | Command<"CreateKey", NewKey>
  | Command<"EditKey", KeyEdit>
  | Command<"ArchiveKey", ArchiveOrRestore>
  | Command<"RestoreKey", ArchiveOrRestore>;

type ArchiveOrRestore = { name: string; note?: string | undefined };

/** What is left out is empty, absent or, for `isVisibleToClients`, true. */
export type NewKey = {
  name: string;
  type: KeyType;
  defaultValue: Json;
  description?: string | undefined;
  valueSchema?: Json | undefined;
  isVisibleToClients?: boolean | undefined;
  note?: string | undefined;
};

/** Decides over all keys of an app, and over all that uses them. */
export const keyDecider = {
  /** The versions whose values a new schema has to fit. */
  needs(command: KeyCommand, state: AppState): readonly ContentReference[] {
    return command.type === "EditKey" ? schemaEditNeeds(state, command.data) : [];
  },

  decide(command: KeyCommand, state: AppState, circumstances: Circumstances): Decision<KeyEvent> {
    if (command.type === "CreateKey") return createKey(command.data, state);
    const key = state.keys.get(command.data.name);
    if (!key) return refuse(notFound(command.data.name));
    switch (command.type) {
      case "EditKey":
        return editKey(key, command.data, state, circumstances);
      case "ArchiveKey":
        return archiveKey(key, command.data, state);
      case "RestoreKey":
        return restoreKey(key, command.data, state);
    }
  },
};

const COMMANDS: ReadonlySet<string> = new Set(["CreateKey", "EditKey", "ArchiveKey", "RestoreKey"]);

export function isKeyCommand(command: { type: string }): command is KeyCommand {
  return COMMANDS.has(command.type);
}

function createKey({ name, type, note = "", ...given }: NewKey, { keys }: AppState): Decision<KeyEvent> {
  const { content, reasons: faults } = checkKeyContent(type, {
    defaultValue: given.defaultValue,
    description: given.description ?? "",
    valueSchema: given.valueSchema ?? null,
    isVisibleToClients: given.isVisibleToClients ?? true,
  });
  const reasons = [nameRefusal(name, keys), ...faults, ...noteRefusals(note), limitRefusal(keys)].filter(
    (reason) => reason !== null,
  );
  return reasons.length > 0
    ? refuse(...reasons)
    : accept({ type: "KeyCreated", data: { name, type, ...content, note } });
}

function archiveKey(
  { name, isArchived }: Key,
  { note = "" }: ArchiveOrRestore,
  state: AppState,
): Decision<KeyEvent> {
  if (isArchived) return accept();
  const usedBy = whoUses(state, { kind: "Key", id: name });
  const reasons = [...noteRefusals(note), ...inUseRefusals("key", name, ["name"], usedBy)];
  return reasons.length > 0 ? refuse(...reasons) : accept({ type: "KeyArchived", data: { name, note } });
}

function restoreKey(
  { name, isArchived }: Key,
  { note = "" }: ArchiveOrRestore,
  { keys }: AppState,
): Decision<KeyEvent> {
  if (!isArchived) return accept();
  const reasons = [...noteRefusals(note), limitRefusal(keys)].filter((reason) => reason !== null);
  return reasons.length > 0 ? refuse(...reasons) : accept({ type: "KeyRestored", data: { name, note } });
}

function nameRefusal(name: string, keys: AppState["keys"]): Refusal | null {
  const refusal = keyNameRefusal(name);
  const taken = keys.get(name);
  if (refusal || !taken) return refusal;
  const message = taken.isArchived
    ? `There was a key "${name}" already, and names are never used again; restore that one or choose another name.`
    : `There is a key "${name}" already; choose another name.`;
  return { code: "TAKEN", message, path: ["name"] };
}

function limitRefusal(keys: AppState["keys"]): Refusal | null {
  let unarchived = 0;
  for (const { isArchived } of keys.values()) if (!isArchived) unarchived += 1;
  if (unarchived < KEYS_PER_APP_MAX) return null;
  const message = `An app has at most ${KEYS_PER_APP_MAX} keys that are not archived; archive one first.`;
  return { code: "LIMIT_REACHED", message, path: [] };
}

function notFound(name: string): Refusal {
  // The name may be anything of any length, so it is shown only as far as a name can be long.
  return {
    code: "NOT_FOUND",
    message: `There is no key "${name.slice(0, 120)}"; check its name.`,
    path: ["name"],
  };
}
