import type { KeyContent, KeyEvent, KeyType } from "./key.events";
import { labelsIn, NO_LABELS, type Labels } from "../labels/labels.policy";
import { invariant } from "../lib/invariant";
import { jsonEquals } from "../lib/json";

export type Key = Readonly<{ name: string; type: KeyType; isArchived: boolean; labels: Labels } & KeyContent>;

/** By name; archived ones included, for names are unique for ever. */
export type Keys = Map<string, Key>;

export function evolveKeys(keys: Keys, { type, data }: KeyEvent): void {
  switch (type) {
    case "KeyCreated":
      keys.set(data.name, {
        name: data.name,
        type: data.type,
        ...contentIn(data),
        isArchived: false,
        labels: NO_LABELS,
      });
      return;
    case "KeyEdited":
      keys.set(data.name, { ...existingKey(keys, data.name), ...contentIn(data) });
      return;
    case "KeyLabelled":
      keys.set(data.name, { ...existingKey(keys, data.name), labels: labelsIn(data) });
      return;
    case "KeyArchived":
      keys.set(data.name, { ...existingKey(keys, data.name), isArchived: true });
      return;
    case "KeyRestored":
      keys.set(data.name, { ...existingKey(keys, data.name), isArchived: false });
      return;
  }
}

/** Whether users get the same by both: defaults and visibility are live, and descriptions and schemas are served to nobody. */
export function isServedAlike(one: KeyContent, other: KeyContent): boolean {
  return (
    jsonEquals(one.defaultValue, other.defaultValue) && one.isVisibleToClients === other.isVisibleToClients
  );
}

/** Notes are for the history, and decide nothing. */
function contentIn({ defaultValue, description, valueSchema, isVisibleToClients }: KeyContent): KeyContent {
  return { defaultValue, description, valueSchema, isVisibleToClients };
}

/** The key that an event speaks of. The decision that led to the event made sure it exists. */
function existingKey(keys: Keys, name: string): Key {
  const key = keys.get(name);
  invariant(key, `the stream changes key "${name}" before it creates it`);
  return key;
}
