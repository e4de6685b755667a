import type { Json } from "./json";

/** `path` leads to what is different, by names and ids; null stands for what is not there. */
export type Difference = Readonly<{ path: string; before: Json; after: Json }>;

/** How two values of one meaning are compared. What has no rule is compared as a whole. */
export type DiffRule =
  | Readonly<{ as: "whole" }>
  /** Says nothing to people, or stands elsewhere too. */
  | Readonly<{ as: "hidden" }>
  /** Whatever users store: objects member by member, and lists as a whole. */
  | Readonly<{ as: "json" }>
  /** A list of texts whose order means nothing; each is its own name. */
  | Readonly<{ as: "set" }>
  | MembersRule
  | ItemsRule
  /** As only the one who made the value knows. `shown` is what stands for a value of it that came or went as a whole. */
  | Readonly<{
      as: "own";
      diff: (path: string, before: Json, after: Json) => readonly Difference[];
      shown: (value: Json) => Json;
    }>;

/** An object of ours, member by member. One that is null is as good as left out. */
export type MembersRule = Readonly<{
  as: "members";
  members: Readonly<Record<string, DiffRule>>;
  /** For members that have no rule of their own. */
  others: DiffRule;
}>;

/** A list whose items have names, so that the same one is recognized in both. */
export type ItemsRule = Readonly<{
  as: "items";
  /** The member that names an item. */
  id: string;
  /** The member that alone is shown, if an item is nothing but a name and this. */
  value: string | null;
  /** Whether the order of the items is their priority; else it means nothing. */
  isPriority: boolean;
  item: MembersRule;
}>;

export const WHOLE: DiffRule = { as: "whole" };
export const HIDDEN: DiffRule = { as: "hidden" };
export const JSON_VALUE: DiffRule = { as: "json" };
export const SET: DiffRule = { as: "set" };

export function members(rules: Readonly<Record<string, DiffRule>>, others: DiffRule = WHOLE): MembersRule {
  return { as: "members", members: rules, others };
}

export function items(
  id: string,
  item: MembersRule,
  { value = null, isPriority = false }: Readonly<{ value?: string | null; isPriority?: boolean }> = {},
): ItemsRule {
  return { as: "items", id, value, isPriority, item };
}
