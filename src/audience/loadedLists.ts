import { changedSince } from "./changedLists";
import { loadUserLists } from "./userLists";
import { repeatEvery } from "../lib/repeatEvery";
import { DatabaseUnavailable, type Database } from "../postgres/database";

/** A user who was erased through another server is in no list in memory here after so long. */
export const LISTS_FOLLOWED_EVERY_MS = 1_000;

/** The lists of user ids that this server has in memory: what is taken out of them, or put back, is done there too. */
export interface LoadedLists {
  load: (app: string, lists: readonly string[]) => Promise<Map<string, ReadonlySet<string>>>;
  /** Takes in at once what was changed until now. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

type Loading = { readonly app: string; isStale: boolean };

export function createLoadedLists(database: Database, report: (error: unknown) => void): LoadedLists {
  /** As long as a ruleset has them. */
  const inMemory = new Map<string, WeakRef<Set<string>>[]>();
  const loading = new Set<Loading>();
  let position: string | null = null;
  let following: Promise<void> = Promise.resolve();

  async function takeIn(): Promise<void> {
    const { upTo, changed } = await changedSince(database, position);
    for (const { app, list } of changed) {
      for (const each of loading) each.isStale ||= each.app === app;
      const held = setsOf(inMemory, app, list);
      if (held.length === 0) continue;
      const ids = (await loadUserLists(database, app, [list])).get(list) ?? new Set();
      for (const set of held) becomeSame(set, ids);
    }
    position = upTo;
  }
  /** One after the other, so that nobody goes back behind what another one took in. */
  function follow(): Promise<void> {
    following = following.catch(() => undefined).then(takeIn);
    return following;
  }
  const repeating = repeatEvery(LISTS_FOLLOWED_EVERY_MS, follow, (error) => {
    if (!(error instanceof DatabaseUnavailable)) report(error);
  });

  return {
    follow,
    async load(app, lists) {
      if (lists.length === 0) return new Map();
      if (position === null) await follow();
      for (;;) {
        const mine: Loading = { app, isStale: false };
        loading.add(mine);
        const loaded = await loadUserLists(database, app, lists).finally(() => loading.delete(mine));
        // What was read may be of before a change that was taken in meanwhile.
        if (mine.isStale) continue;
        for (const [list, ids] of loaded) keep(inMemory, app, list, ids);
        return loaded;
      }
    },
    close: () => repeating.stop(),
  };
}

const nameOf = (app: string, list: string): string => `${app} ${list}`;

function setsOf(inMemory: Map<string, WeakRef<Set<string>>[]>, app: string, list: string): Set<string>[] {
  return (inMemory.get(nameOf(app, list)) ?? []).flatMap((reference) => reference.deref() ?? []);
}

/** Those that nobody has any more are given up as others come. */
function keep(
  inMemory: Map<string, WeakRef<Set<string>>[]>,
  app: string,
  list: string,
  ids: Set<string>,
): void {
  for (const [name, references] of inMemory) {
    const held = references.filter((reference) => reference.deref() !== undefined);
    if (held.length === 0) inMemory.delete(name);
    else inMemory.set(name, held);
  }
  const name = nameOf(app, list);
  inMemory.set(name, [...(inMemory.get(name) ?? []), new WeakRef(ids)]);
}

function becomeSame(set: Set<string>, ids: ReadonlySet<string>): void {
  for (const id of set) if (!ids.has(id)) set.delete(id);
  for (const id of ids) set.add(id);
}
