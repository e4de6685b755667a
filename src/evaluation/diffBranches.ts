import { jsonEquals, type JsonObject } from "../lib/json";

type Branch = Readonly<{ index: number; condition: JsonObject }>;

/** `index` is where it stood before; of what came, where it stands after. */
export type Remainders = Readonly<{
  edited: readonly Readonly<{ index: number; before: JsonObject; after: JsonObject }>[];
  gone: readonly Branch[];
  come: readonly Branch[];
}>;

/** What is left of two lists without what both have: those that ask about the same thing are taken for one that was edited. */
export function remainders(before: readonly JsonObject[], after: readonly JsonObject[]): Remainders {
  const isSame = (a: Branch, b: Branch) => jsonEquals(a.condition, b.condition);
  const same = matched(branchesOf(before), branchesOf(after), isSame);
  const alike = matched(same.gone, same.come, (a, b) => isAlike(a.condition, b.condition));
  const edited = alike.pairs.map(([old, now]) => ({
    index: old.index,
    before: old.condition,
    after: now.condition,
  }));
  return { edited, gone: alike.gone, come: alike.come };
}

function branchesOf(conditions: readonly JsonObject[]): readonly Branch[] {
  return conditions.map((condition, index) => ({ index, condition }));
}

function matched(
  before: readonly Branch[],
  after: readonly Branch[],
  fits: (before: Branch, after: Branch) => boolean,
) {
  const gone = [...before];
  const pairs: [Branch, Branch][] = [];
  const come = after.filter((now) => {
    const at = gone.findIndex((old) => fits(old, now));
    const [old] = at < 0 ? [] : gone.splice(at, 1);
    if (old) pairs.push([old, now]);
    return !old;
  });
  return { pairs, gone, come };
}

/** Whether both ask about one thing at least. */
function isAlike(a: JsonObject, b: JsonObject): boolean {
  return Object.keys(a).some((name) => Object.hasOwn(b, name));
}
