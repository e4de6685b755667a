import type { KeyContent, KeyEvent } from "./key.events";
import { isServedAlike, type Key } from "./key.state";
import { checkKeyContent } from "./keyForm.policy";
import { schemaEditRefusal } from "./valuesInUse.policy";
import type { AppState } from "../apps/app.state";
import { accept, refuse, type Circumstances, type Decision } from "../lib/decider";
import { jsonEquals, type Json } from "../lib/json";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";

/** What is left out stays as it is; `valueSchema: null` takes the schema away. */
export type KeyEdit = {
  name: string;
  defaultValue?: Json | undefined;
  description?: string | undefined;
  valueSchema?: Json | undefined;
  isVisibleToClients?: boolean | undefined;
  note?: string | undefined;
};

export function editKey(
  key: Key,
  edit: KeyEdit,
  state: AppState,
  circumstances: Circumstances,
): Decision<KeyEvent> {
  if (key.isArchived) return refuse(archived(key.name));
  const { note = "" } = edit;
  const { content, reasons: faults } = checkKeyContent(key.type, merged(key, edit));
  const reasons = [...faults, ...noteRefusals(note)];
  if (reasons.length > 0) return refuse(...reasons);
  if (isUnchanged(key, content)) return accept();
  const misfit = schemaEditRefusal(state, key, content.valueSchema, circumstances);
  return misfit ? refuse(misfit) : accept({ type: "KeyEdited", data: { name: key.name, ...content, note } });
}

function merged(key: Key, edit: KeyEdit): KeyContent {
  return {
    defaultValue: edit.defaultValue === undefined ? key.defaultValue : edit.defaultValue,
    description: edit.description ?? key.description,
    valueSchema: edit.valueSchema === undefined ? key.valueSchema : edit.valueSchema,
    isVisibleToClients: edit.isVisibleToClients ?? key.isVisibleToClients,
  };
}

function isUnchanged(key: Key, content: KeyContent): boolean {
  return (
    isServedAlike(key, content) &&
    key.description === content.description &&
    jsonEquals(key.valueSchema, content.valueSchema)
  );
}

function archived(name: string): Refusal {
  return { code: "ARCHIVED", message: `Key "${name}" is archived; restore it first.`, path: ["name"] };
}
