import { isJsonObject, jsonEquals, type Json, type JsonObject } from "../lib/json";

/** `path` leads to what is different, by names and ids; null stands for what is not there. */
export type Difference = Readonly<{ path: string; before: Json; after: Json }>;

/** How the items of a list are told apart, so that the same one is recognized in both contents. */
export type ListRule = Readonly<{
  /** The member that names an item. */
  id: string;
  /** The member that alone is compared, if an item is nothing but a name and this. */
  value?: string;
  /** Whether the order of the items is their priority; else it means nothing. */
  isPriority?: boolean;
}>;

/** By the name of the member that is a list. Lists that are not named here are compared as a whole. */
export type ListRules = Readonly<Record<string, ListRule>>;

/** Everything that is different between two contents; nothing if and only if they mean the same. */
export function diff(before: JsonObject, after: JsonObject, lists: ListRules): readonly Difference[] {
  return diffObjects("", before, after, lists);
}

function diffObjects(
  path: string,
  before: JsonObject,
  after: JsonObject,
  lists: ListRules,
): readonly Difference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const [old, now] = [before[name] ?? null, after[name] ?? null];
    const at = path === "" ? name : `${path}/${name}`;
    const rule = Object.hasOwn(lists, name) ? lists[name] : undefined;
    if (rule && isObjectList(old) && isObjectList(now)) return diffLists(at, old, now, rule, lists);
    return jsonEquals(old, now) ? [] : [{ path: at, before: old, after: now }];
  });
}

type Item = Readonly<{ id: string; position: number; content: JsonObject }>;

function diffLists(
  path: string,
  before: readonly JsonObject[],
  after: readonly JsonObject[],
  rule: ListRule,
  lists: ListRules,
): readonly Difference[] {
  const old = itemsById(before, rule);
  const now = itemsById(after, rule);
  const kept = [...now.values()].filter(({ id }) => old.has(id));
  const moved = rule.isPriority === true ? movedItems(kept, old) : new Set<string>();
  const differences: Difference[] = [];
  for (const item of old.values()) {
    if (now.has(item.id)) continue;
    differences.push({ path: `${path}/${item.id}`, before: wholeItem(item, rule), after: null });
  }
  for (const item of now.values()) {
    const at = `${path}/${item.id}`;
    const earlier = old.get(item.id);
    if (!earlier) {
      differences.push({ path: at, before: null, after: wholeItem(item, rule) });
      continue;
    }
    if (moved.has(item.id)) {
      differences.push({ path: `${at}/priority`, before: earlier.position, after: item.position });
    }
    differences.push(...diffItems(at, earlier, item, rule, lists));
  }
  return differences;
}

function diffItems(
  path: string,
  before: Item,
  after: Item,
  rule: ListRule,
  lists: ListRules,
): readonly Difference[] {
  if (rule.value === undefined) return diffObjects(path, before.content, after.content, lists);
  const [old, now] = [wholeItem(before, rule), wholeItem(after, rule)];
  return jsonEquals(old, now) ? [] : [{ path, before: old, after: now }];
}

function wholeItem({ content, position }: Item, { value, isPriority }: ListRule): Json {
  if (value !== undefined) return content[value] ?? null;
  return isPriority === true ? { priority: position, ...content } : content;
}

/** Positions count from 1, as people count priorities. */
function itemsById(items: readonly JsonObject[], rule: ListRule): ReadonlyMap<string, Item> {
  return new Map(
    items.map((content, index) => {
      const id = String(content[rule.id]);
      return [id, { id, position: index + 1, content }];
    }),
  );
}

/** The fewest items whose move explains the new order: all but a longest run that kept its order. */
function movedItems(kept: readonly Item[], old: ReadonlyMap<string, Item>): ReadonlySet<string> {
  const positions = kept.map(({ id }) => old.get(id)?.position ?? 0);
  const lengths: number[] = [];
  const previous: number[] = [];
  positions.forEach((position, index) => {
    lengths[index] = 1;
    previous[index] = -1;
    for (let earlier = 0; earlier < index; earlier += 1) {
      const length = (lengths[earlier] ?? 0) + 1;
      if ((positions[earlier] ?? 0) < position && length > (lengths[index] ?? 0)) {
        lengths[index] = length;
        previous[index] = earlier;
      }
    }
  });
  const moved = new Set(kept.map(({ id }) => id));
  let last = lengths.indexOf(Math.max(...lengths));
  while (last >= 0) {
    moved.delete(kept[last]?.id ?? "");
    last = previous[last] ?? -1;
  }
  return moved;
}

function isObjectList(value: Json): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every((item: Json) => isJsonObject(item));
}
