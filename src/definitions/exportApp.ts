import { definitionNeeds, definitionOf } from "./define.policy";
import type { Definition } from "./definition.policy";
import { appStream } from "../apps/app.events";
import { copyOfAppState, type AppState } from "../apps/app.state";
import { loadUserLists } from "../audience/userLists";
import { userListsIn, withListedIds } from "../evaluation/condition";
import type { CommandHandler } from "../eventstore/commands";
import type { ContentReference } from "../lib/decider";
import { invariant } from "../lib/invariant";
import type { Database } from "../postgres/database";

/** An app at one moment, with the contents that stand in its log and not in the state. */
export type AppMoment = Readonly<{
  state: AppState;
  revision: number;
  contentAt: (reference: ContentReference) => unknown;
}>;

/** What reads apps. */
export type Apps = Pick<CommandHandler<AppState, never>, "state" | "content">;

/** The app as it is now, with the contents that `needs` asks for; null if there is none. */
export async function momentOf(
  apps: Apps,
  app: string,
  needs: (state: AppState) => readonly ContentReference[],
): Promise<AppMoment | null> {
  const stream = appStream(app);
  const { state: current, revision } = await apps.state(stream);
  if (current.slug === null) return null;
  // Copied in the same breath, since the state goes on while the contents are read. What has a revision never changes.
  const state = copyOfAppState(current);
  const revisions = [...new Set(needs(state).map((reference) => reference.revision))];
  const contents = new Map<number, unknown>();
  for (let from = 0; from < revisions.length; from += CONTENTS_AT_ONCE_MAX) {
    const some = revisions.slice(from, from + CONTENTS_AT_ONCE_MAX);
    const read = await Promise.all(some.map((at) => apps.content(stream, at)));
    some.forEach((at, index) => contents.set(at, read[index]));
  }
  const contentAt = ({ revision: at }: ContentReference): unknown => {
    invariant(contents.has(at), `the content at revision ${at} of "${app}" was not asked for`);
    return contents.get(at);
  };
  return { state, revision, contentAt };
}

const CONTENTS_AT_ONCE_MAX = 8;

export type AppExport = Readonly<{ definition: Definition; revision: number }>;

/** Everything that is defined in an app, as of one revision of it; null if there is no such app. */
export async function exportApp(apps: Apps, app: string): Promise<AppExport | null> {
  const moment = await momentOf(apps, app, definitionNeeds);
  if (!moment) return null;
  return { definition: definitionOf(moment.state, moment.contentAt), revision: moment.revision };
}

/** The definition with the ids themselves in the place of lists of them. */
export async function withUserIds(
  database: Database,
  app: string,
  definition: Definition,
): Promise<Definition> {
  const names = new Set(definition.segments.flatMap(({ condition }) => userListsIn(condition)));
  const lists = await loadUserLists(database, app, [...names]);
  const segments = definition.segments.map((segment) => {
    const condition = withListedIds(segment.condition, ({ list }) => [...(lists.get(list) ?? [])].sort());
    return { ...segment, condition };
  });
  return { ...definition, segments };
}
