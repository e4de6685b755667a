import type { KeyContent, KeyEvent } from "./key.events";
import type { Key } from "./key.state";
import { checkKeyContent } from "./keyForm.policy";
import { schemaEditRefusal } from "./valuesInUse.policy";
import type { AppState } from "../apps/app.state";
import { isKeyPublished } from "../apps/uses.policy";
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
  const forbidden = rightRefusal(key, content, state, circumstances);
  const refusals = [misfit, forbidden].filter((reason) => reason !== null);
  return refusals.length > 0
    ? refuse(...refusals)
    : accept({ type: "KeyEdited", data: { name: key.name, ...content, note } });
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

function isServedAlike(key: Key, content: KeyContent): boolean {
  return (
    jsonEquals(key.defaultValue, content.defaultValue) &&
    key.isVisibleToClients === content.isVisibleToClients
  );
}

/** Defaults and visibility are live: with the key published, a change reaches users at once. */
function rightRefusal(
  key: Key,
  content: KeyContent,
  state: AppState,
  { may }: Circumstances,
): Refusal | null {
  if (isServedAlike(key, content) || may("PUBLISH") || !isKeyPublished(state, key.name)) return null;
  const message =
    `Key "${key.name}" is in something published, so this would change at once what users get. ` +
    `Ask somebody who may publish.`;
  const isDefaultKept = jsonEquals(key.defaultValue, content.defaultValue);
  return { code: "FORBIDDEN", message, path: [isDefaultKept ? "isVisibleToClients" : "defaultValue"] };
}

function archived(name: string): Refusal {
  return { code: "ARCHIVED", message: `Key "${name}" is archived; restore it first.`, path: ["name"] };
}
