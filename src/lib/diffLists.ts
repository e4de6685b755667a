import type { Difference, DiffRule, ItemsRule, MembersRule } from "./diffRule";
import { jsonEquals, type Json, type JsonObject } from "./json";
import { pathTo } from "./pointer";

/** What came to a list of texts and what went from it. */
export function diffSets(
  path: string,
  before: readonly string[],
  after: readonly string[],
): readonly Difference[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...[...old].filter((text) => !now.has(text)).map((text) => difference(pathTo(path, text), text, null)),
    ...[...now].filter((text) => !old.has(text)).map((text) => difference(pathTo(path, text), null, text)),
  ];
}

/** How the items' own contents are compared and shown. */
type Contents = Readonly<{
  diffMembers: (
    path: string,
    before: JsonObject,
    after: JsonObject,
    rule: MembersRule,
  ) => readonly Difference[];
  shown: (value: Json, rule: DiffRule) => Json;
}>;

type Item = Readonly<{ id: string; position: number; content: JsonObject }>;

/** Items that came, went, moved or changed, each by its name. */
export function diffItems(
  path: string,
  before: readonly JsonObject[],
  after: readonly JsonObject[],
  rule: ItemsRule,
  contents: Contents,
): readonly Difference[] {
  const old = itemsById(before, rule);
  const now = itemsById(after, rule);
  const moved = rule.isPriority ? movedItems(now, old) : new Set<string>();
  const gone = [...old.values()].filter(({ id }) => !now.has(id));
  const differences = gone.map((item) =>
    difference(pathTo(path, item.id), wholeItem(item, rule, contents), null),
  );
  for (const item of now.values()) {
    const at = pathTo(path, item.id);
    const earlier = old.get(item.id);
    if (!earlier) {
      differences.push(difference(at, null, wholeItem(item, rule, contents)));
      continue;
    }
    if (moved.has(item.id)) {
      differences.push(difference(pathTo(at, "priority"), earlier.position, item.position));
    }
    differences.push(...diffKept(at, earlier, item, rule, contents));
  }
  return differences;
}

function diffKept(
  path: string,
  before: Item,
  after: Item,
  rule: ItemsRule,
  contents: Contents,
): readonly Difference[] {
  if (rule.value === null) return contents.diffMembers(path, before.content, after.content, rule.item);
  const [old, now] = [wholeItem(before, rule, contents), wholeItem(after, rule, contents)];
  return jsonEquals(old, now) ? [] : [difference(path, old, now)];
}

function wholeItem({ content, position }: Item, rule: ItemsRule, { shown }: Contents): Json {
  if (rule.value !== null) return content[rule.value] ?? null;
  const whole = shown(content, rule.item) as JsonObject;
  return rule.isPriority ? { priority: position, ...whole } : whole;
}

/** Positions count from 1, as people count priorities. */
function itemsById(list: readonly JsonObject[], rule: ItemsRule): ReadonlyMap<string, Item> {
  return new Map(
    list.map((content, index) => {
      const id = String(content[rule.id]);
      return [id, { id, position: index + 1, content }];
    }),
  );
}

/** The fewest items whose move explains the new order: all but a longest run that kept its order. */
function movedItems(now: ReadonlyMap<string, Item>, old: ReadonlyMap<string, Item>): ReadonlySet<string> {
  const kept = [...now.keys()].filter((id) => old.has(id));
  const positions = kept.map((id) => old.get(id)?.position ?? 0);
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
  const moved = new Set(kept);
  let last = lengths.indexOf(Math.max(...lengths));
  while (last >= 0) {
    moved.delete(kept[last] ?? "");
    last = previous[last] ?? -1;
  }
  return moved;
}

function difference(path: string, before: Json, after: Json): Difference {
  return { path, before, after };
}
