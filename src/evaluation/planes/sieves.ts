import { columnsOf } from "./columns";
import { conjunctsOfSegments, type Conjunct } from "./conjuncts";
import { equalitySieve, orderSieve, singleSieve, type Equality, type Order, type Sieve } from "./sieve";
import { invariant } from "../../lib/invariant";
import { isJsonObject, type Json } from "../../lib/json";
import { conditionTest } from "../conditionTest";
import { exactInstantOf } from "../instant";
import { isScalar } from "../membership";
import type { SegmentSource } from "../model";
import { isOperatorObject } from "../operators";
import type { Preparation } from "../property";
import type { UserScope } from "../userScope";
import { comparableVersion } from "../version";

/**
 * The sieves that leave alive just the columns whose segment the user belongs to. What conditions say of one property is found
 * out together, by the class that its value falls in; what says more than that is looked at by itself, last.
 */
export function sievesFor(
  columnsOfSegment: ReadonlyMap<string, readonly number[]>,
  segments: readonly SegmentSource[],
  scope: UserScope,
): readonly Sieve[] {
  const conditions = new Map(segments.map(({ id, condition }) => [id, condition]));
  const conjunctsOf = conjunctsOfSegments((id) => {
    const condition = conditions.get(id);
    invariant(condition, `a ruleset refers to segment "${id}", which it does not have`);
    return condition;
  });
  const wanted = new Map<string, Wanted>();
  for (const [segmentId, columns] of columnsOfSegment) {
    for (const [key, conjunct] of conjunctsOf(segmentId)) {
      const known = wanted.get(key) ?? { conjunct, columns: new Set<number>() };
      for (const column of columns) known.columns.add(column);
      wanted.set(key, known);
    }
  }
  return groupedSieves([...wanted.values()], scope);
}

type Wanted = Readonly<{ conjunct: Conjunct; columns: Set<number> }>;

function groupedSieves(wanted: readonly Wanted[], scope: UserScope): readonly Sieve[] {
  const equalities = new Map<string, Equality[]>();
  const orders = new Map<string, { path: string; ordering: Ordering; list: Order[] }>();
  const singles: Sieve[] = [];
  for (const { conjunct, columns: numbers } of wanted) {
    const { name, operand } = conjunct;
    const columns = columnsOf(numbers);
    const test = () => conditionTest({ [name]: operand }, scope);
    const equality = name.startsWith("$") ? null : equalityIn(operand);
    const ordering = name.startsWith("$") ? null : orderingIn(operand);
    if (equality) {
      const list = equalities.get(name) ?? [];
      list.push({ ...equality, columns, test: test() });
      equalities.set(name, list);
    } else if (ordering) {
      const key = `${ordering.preparation} ${ordering.type} ${name}`;
      const group = orders.get(key) ?? { path: name, ordering, list: [] };
      group.list.push({ operator: ordering.operator, bound: ordering.bound, columns });
      orders.set(key, group);
    } else singles.push(singleSieve(test(), columns));
  }
  const { subject } = scope;
  return [
    ...[...equalities].map(([path, list]) => equalitySieve(subject.property(path, "plain"), list)),
    ...[...orders.values()].map(({ path, ordering, list }) =>
      orderSieve(subject.property(path, ordering.preparation), ordering.type, list),
    ),
    ...singles,
  ];
}

/** What one operator below a property's name asks, if that is whether it is one of some scalars. */
function equalityIn(test: Json): Pick<Equality, "items" | "isNegated"> | null {
  const [operator, operand] = operatorIn(test);
  switch (operator) {
    case "$eq":
    case "$ne":
      return isScalar(operand) ? { items: [operand], isNegated: operator === "$ne" } : null;
    case "$in":
    case "$nin":
      return Array.isArray(operand) && operand.every(isScalar)
        ? { items: operand, isNegated: operator === "$nin" }
        : null;
    case "$exists":
      // What is missing is null.
      return { items: [null], isNegated: operand === true };
    default:
      return null;
  }
}

type Ordering = Readonly<{
  operator: Order["operator"];
  bound: number | string;
  type: "number" | "string";
  preparation: Preparation;
}>;

/** The same, if it is where the property stands beside a number, a version or an instant. */
function orderingIn(test: Json): Ordering | null {
  const [name, operand] = operatorIn(test);
  const operator = ORDERINGS.get(name);
  if (operator === undefined) return null;
  const [preparation, bound] = boundOf(name, operand);
  if (typeof bound !== "number" && typeof bound !== "string") return null;
  return { operator, preparation, bound, type: typeof bound === "number" ? "number" : "string" };
}

function boundOf(name: string, operand: Json): readonly [Preparation, Json] {
  if (name.startsWith("$v")) return ["version", comparableVersion(operand)];
  if (name === "$before" || name === "$after") return ["instant", exactInstantOf(operand)];
  return ["plain", operand];
}

const ORDERINGS: ReadonlyMap<string, Order["operator"]> = new Map([
  ["$lt", "lt"],
  ["$lte", "lte"],
  ["$gt", "gt"],
  ["$gte", "gte"],
  ["$veq", "eq"],
  ["$vne", "ne"],
  ["$vlt", "lt"],
  ["$vlte", "lte"],
  ["$vgt", "gt"],
  ["$vgte", "gte"],
  ["$before", "lt"],
  ["$after", "gt"],
]);

function operatorIn(test: Json): readonly [string, Json] {
  if (!isJsonObject(test) || !isOperatorObject(test)) return ["$eq", test];
  return Object.entries(test)[0] ?? ["$eq", test];
}
