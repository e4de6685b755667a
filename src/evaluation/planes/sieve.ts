import { clear, isAnyAlive, newRows, type Columns, type Rows } from "./columns";
import type { Json } from "../../lib/json";
import type { Test } from "../conditionTest";

/** Takes out of the columns that are alive those whose condition does not hold for the user of the run. */
export type Sieve = Readonly<{ sift(alive: Int32Array): void }>;

export type Read = () => Json;

/** A condition that is looked at by itself, and only if somebody still wants to know. */
export function singleSieve(test: Test, columns: Columns): Sieve {
  return {
    sift(alive) {
      if (isAnyAlive(alive, columns) && !test(null)) clear(alive, columns);
    },
  };
}

/** Whether a property is one of some scalars, or none of them. */
export type Equality = Readonly<{ items: readonly Json[]; isNegated: boolean; columns: Columns; test: Test }>;

/** Values that the same conditions name are one class with one row, however many there are. */
export function equalitySieve(read: Read, equalities: readonly Equality[]): Sieve {
  const rows = newRows(equalities.map(({ columns }) => columns));
  // Of what no condition names: it is none of what they want, and none of what they exclude.
  equalities.forEach(({ isNegated }, index) => rows.set(index, isNegated));
  const other = rows.add();
  const rowOf = new Map<Json, number>();
  const rowOfClass = new Map<string, number>();
  for (const [value, named] of namesOf(equalities)) {
    const name = named.join();
    const row = rowOfClass.get(name) ?? rowWhereNamed(rows, named, equalities);
    rowOfClass.set(name, row);
    rowOf.set(value, row);
  }
  return {
    sift(alive) {
      const value = read();
      if (typeof value !== "object" || value === null) rows.and(alive, rowOf.get(value) ?? other);
      else if (Array.isArray(value)) siftOneByOne(alive, equalities);
      else rows.and(alive, other);
    },
  };
}

function rowWhereNamed(rows: Rows, named: readonly number[], equalities: readonly Equality[]): number {
  for (const index of named) rows.set(index, equalities[index]?.isNegated === false);
  const row = rows.add();
  for (const index of named) rows.set(index, equalities[index]?.isNegated === true);
  return row;
}

/** For each value the numbers of the conditions that name it, in order. */
function namesOf(equalities: readonly Equality[]): ReadonlyMap<Json, readonly number[]> {
  const named = new Map<Json, number[]>();
  equalities.forEach(({ items }, index) => {
    for (const item of new Set(items)) {
      const numbers = named.get(item);
      if (numbers) numbers.push(index);
      else named.set(item, [index]);
    }
  });
  return named;
}

/** A list may have elements of several classes. */
function siftOneByOne(alive: Int32Array, equalities: readonly Equality[]): void {
  for (let index = 0; index < equalities.length; index += 1) {
    const { test, columns } = equalities[index] as Equality;
    if (!test(null)) clear(alive, columns);
  }
}

/** Where a property stands beside a bound. */
export type Order = Readonly<{
  operator: "lt" | "lte" | "gt" | "gte" | "eq" | "ne";
  bound: number | string;
  columns: Columns;
}>;

/**
 * All bounds cut what can be ordered into intervals: a class is a bound, or what lies between two. What is of another type has no
 * order, and no bound equals it.
 */
export function orderSieve(read: Read, type: "number" | "string", orders: readonly Order[]): Sieve {
  const bounds = [...new Set(orders.map(({ bound }) => bound))].sort((a, b) => (a < b ? -1 : 1));
  const rows = newRows(orders.map(({ columns }) => columns));
  const unordered = addRow(rows, orders, ({ operator }) => operator === "ne");
  // A row for each class: below all bounds, at the first one, between it and the next, and so on.
  addRow(rows, orders, ({ operator }) => HOLDS_BELOW[operator]);
  const ofBound = groupedBy(orders, ({ bound }) => bound);
  for (const bound of bounds) {
    const here = ofBound.get(bound) ?? [];
    for (const holds of [HOLDS_AT, HOLDS_ABOVE]) {
      for (const { value, index } of here) rows.set(index, holds[value.operator]);
      rows.add();
    }
  }
  return {
    sift(alive) {
      const value = read();
      const isOrdered = typeof value === type && value === value;
      rows.and(
        alive,
        isOrdered ? FIRST_CLASS + classIn(bounds, value as (typeof bounds)[number]) : unordered,
      );
    },
  };
}

/** Whether a condition holds for what is below its bound, at it, or above it. */
const HOLDS_BELOW = { lt: true, lte: true, gt: false, gte: false, eq: false, ne: true } as const;
const HOLDS_AT = { lt: false, lte: true, gt: false, gte: true, eq: true, ne: false } as const;
const HOLDS_ABOVE = { lt: false, lte: false, gt: true, gte: true, eq: false, ne: true } as const;

/** The row of what has no order comes before those of the classes. */
const FIRST_CLASS = 1;

function addRow(rows: Rows, orders: readonly Order[], holds: (order: Order) => boolean): number {
  orders.forEach((order, index) => rows.set(index, holds(order)));
  return rows.add();
}

type Numbered = Readonly<{ value: Order; index: number }>;

function groupedBy<Name>(orders: readonly Order[], nameOf: (order: Order) => Name): Map<Name, Numbered[]> {
  const groups = new Map<Name, Numbered[]>();
  orders.forEach((value, index) => {
    const name = nameOf(value);
    const group = groups.get(name);
    if (group) group.push({ value, index });
    else groups.set(name, [{ value, index }]);
  });
  return groups;
}

function classIn(bounds: readonly (number | string)[], value: number | string): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] as typeof value) < value) low = middle + 1;
    else high = middle;
  }
  return low < bounds.length && bounds[low] === value ? 2 * low + 1 : 2 * low;
}
