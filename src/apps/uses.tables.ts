import { USED_KINDS, type UsedKind, type UsedThing } from "./uses.policy";
import { isSameList } from "../lib/lists";
import type { Rows, Table } from "../projections/projection";
import type { Reference } from "../lib/refusal";

/** A thing that is there and not archived. The database refuses a use of anything else. */
export type UsableRow = { app: string; kind: UsedKind; id: string };

/** One thing that uses another: what `usedBy` lists. */
export type UseRow = {
  app: string;
  used_kind: UsedKind;
  used_id: string;
  user_kind: string;
  user_id: string;
  user_name: string;
};

export const usableTable: Table<UsableRow> = { name: "usables", primaryKey: ["app", "kind", "id"] };

export const useTable: Table<UseRow> = {
  name: "uses",
  primaryKey: ["app", "used_kind", "used_id", "user_id"],
};

/** To be said when a thing is created, archived or restored. Reads no row. */
export function putUsable(rows: Rows, app: string, { kind, id }: UsedThing, isUsable: boolean): void {
  if (isUsable) rows.put(usableTable, { app, kind, id });
  else rows.remove(usableTable, [app, kind, id]);
}

/** What a thing uses, by kind; nothing if it does not exist or is archived. */
export type Used = Readonly<Partial<Record<UsedKind, readonly string[]>>>;

export const NOTHING_USED: Used = {};

/**
 * Brings the rows of one user from what it used before to what it uses after; its name may have changed too. Reads no
 * row, so a projection that calls it need not name any in `reads`.
 */
export function replaceUses(rows: Rows, app: string, user: Reference, before: Used, after: Used): void {
  const { kind: user_kind, id: user_id, name: user_name } = user;
  for (const used_kind of USED_KINDS) {
    const kept = new Set(after[used_kind]);
    for (const used_id of before[used_kind] ?? []) {
      if (!kept.has(used_id)) rows.remove(useTable, [app, used_kind, used_id, user_id]);
    }
    for (const used_id of kept) {
      rows.put(useTable, { app, used_kind, used_id, user_kind, user_id, user_name });
    }
  }
}

export function isSameUse(before: Used, after: Used): boolean {
  return USED_KINDS.every((kind) => isSame(before[kind] ?? [], after[kind] ?? []));
}

function isSame(before: readonly string[], after: readonly string[]): boolean {
  if (isSameList(before, after)) return true;
  const [one, other] = [new Set(before), new Set(after)];
  return one.size === other.size && [...one].every((used) => other.has(used));
}
