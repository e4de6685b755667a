import type { Labels } from "../labels/labels.policy";
import type { Event } from "../lib/decider";
import type { Json } from "../lib/json";

export const KEY_TYPES = [
  "STRING",
  "INTEGER",
  "DOUBLE",
  "FLOAT",
  "BOOLEAN",
  "ARRAY",
  "MAP",
  "RECOMMENDATION",
] as const;
export type KeyType = (typeof KEY_TYPES)[number];

/** What of a key can be edited. */
export type KeyContent = Readonly<{
  defaultValue: Json;
  description: string;
  /** A JSON Schema for every value given to the key, or null. */
  valueSchema: Json;
  isVisibleToClients: boolean;
}>;

/** Names and shapes are the stored format: change them only by adding. */
export type KeyEvent =
  | Event<"KeyCreated", { name: string; type: KeyType; note: string } & KeyContent>
  | Event<"KeyEdited", { name: string; note: string } & KeyContent>
  | Event<"KeyLabelled", { name: string; note: string } & Labels>
  | Event<"KeyArchived", { name: string; note: string }>
  | Event<"KeyRestored", { name: string; note: string }>;
