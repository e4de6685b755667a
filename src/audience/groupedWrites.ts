import { setImmediate as turn } from "node:timers/promises";
import { invariant } from "../lib/invariant";
import { DatabaseUnavailable } from "../postgres/database";

/** What a group may hold, by what its wishes count. */
export const GROUP_SIZE_MAX = 500;
/** Groups that are written side by side, so that one that waits for somebody's lock does not hold up all others. */
export const GROUPS_UNDER_WAY_MAX = 3;
/** How many wishes may wait; more are answered with DatabaseUnavailable at once. */
export const WAITING_WISHES_MAX = 2_000;

/** Something to write, which may share a transaction with others. */
export type Wish = Readonly<{
  size: number;
  /** No two wishes of a group have one in common. */
  names: readonly string[];
}>;

export type GroupedWrites<W extends Wish, Result> = Readonly<{ add: (wish: W) => Promise<Result> }>;

type Waiting<W, Result> = Readonly<{
  wish: W;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}>;

/**
 * Group commit: what comes while others are being written is written together, so that many share the price of a transaction.
 * Where a group fails, each of it is written alone, so that nobody pays for another's fault.
 */
export function createGroupedWrites<W extends Wish, Result>(
  /** Writes all or nothing, and answers in the order of the wishes. */
  write: (wishes: readonly W[]) => Promise<readonly Result[]>,
): GroupedWrites<W, Result> {
  let waiting: Waiting<W, Result>[] = [];
  let underWay = 0;

  async function run(): Promise<void> {
    underWay += 1;
    while (waiting.length > 0) {
      // Those who were answered just now get the time to wish again, into this group and not the one after it.
      await turn();
      const [group, rest] = firstGroup(waiting);
      waiting = rest;
      if (group.length > 0) await writeGroup(write, group);
    }
    underWay -= 1;
  }

  return {
    add(wish) {
      if (waiting.length >= WAITING_WISHES_MAX) {
        const reason = `The database is too slow: ${WAITING_WISHES_MAX} requests wait for it already.`;
        return Promise.reject(new DatabaseUnavailable(reason));
      }
      return new Promise((resolve, reject) => {
        waiting.push({ wish, resolve, reject });
        if (underWay < GROUPS_UNDER_WAY_MAX) void run();
      });
    },
  };
}

async function writeGroup<W, Result>(
  write: (wishes: readonly W[]) => Promise<readonly Result[]>,
  group: readonly Waiting<W, Result>[],
): Promise<void> {
  try {
    const results = await write(group.map(({ wish }) => wish));
    group.forEach(({ resolve }, index) => {
      const result = results[index];
      invariant(result !== undefined, "each wish has a result");
      resolve(result);
    });
  } catch (error) {
    if (group.length === 1 || error instanceof DatabaseUnavailable) {
      for (const { reject } of group) reject(error);
    } else {
      for (const one of group) await writeGroup(write, [one]);
    }
  }
}

/** As many as go together, in their order; those that have a name in common with one before wait for the next. */
function firstGroup<W extends Wish, Result>(
  waiting: readonly Waiting<W, Result>[],
): [group: Waiting<W, Result>[], rest: Waiting<W, Result>[]] {
  const [group, rest]: [Waiting<W, Result>[], Waiting<W, Result>[]] = [[], []];
  const names = new Set<string>();
  let size = 0;
  for (const one of waiting) {
    const { wish } = one;
    const fits = group.length === 0 || size + wish.size <= GROUP_SIZE_MAX;
    if (!fits || wish.names.some((name) => names.has(name))) {
      rest.push(one);
      continue;
    }
    group.push(one);
    size += wish.size;
    for (const name of wish.names) names.add(name);
  }
  return [group, rest];
}
