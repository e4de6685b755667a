import type { Outline, Previewed, Published } from "./outline";
import type { ConfigContent } from "../configs/config.events";
import { userListsIn } from "../evaluation/condition";
import type { PreviewSource, PublicationSource, RulesetSource, SegmentSource } from "../evaluation/model";
import type { FlagContent } from "../flags/flag.events";
import { invariant } from "../lib/invariant";

export type UserLists = ReadonlyMap<string, ReadonlySet<string>>;

/** What a source takes beside the outline. */
export type Loading = Readonly<{
  content: (stream: string, revision: number) => Promise<unknown>;
  /** Those of an app by their hashes. */
  loadUserLists: (app: string, hashes: readonly string[]) => Promise<UserLists>;
}>;

/**
 * Everything that evaluation in one environment depends on. User lists that `known` holds are not loaded again: what a hash
 * names never changes.
 */
export async function sourceOf(
  outline: Outline,
  environment: string,
  stream: string,
  { content, loadUserLists }: Loading,
  known: UserLists = new Map(),
): Promise<RulesetSource> {
  const { app, revision, timeZone, segments } = outline;
  const published = outline.published.get(environment);
  invariant(published, `app "${app}" has no environment "${environment}"`);
  const contentAt = (at: number) => content(stream, at);
  const previewed = outline.previewed.get(environment) ?? [];
  const testUsers = previewed.length > 0 ? outline.testUsers : null;
  const [publications, previews, userLists] = await Promise.all([
    loadAll(published, (each) => publicationOf(each, contentAt)),
    loadAll(previewed, (each) => previewOf(each, contentAt)),
    userListsOf(outline, testUsers, loadUserLists, known),
  ]);
  const keys = outline.keys.map(({ name, type, defaultValue, isVisibleToClients }) => {
    return { name, defaultValue, isVisibleToClients, isRecommendation: type === "RECOMMENDATION" };
  });
  const disabledFlags = outline.disabledFlags.get(environment) ?? [];
  return {
    app,
    environment,
    timeZone,
    revision,
    keys,
    segments: segments.map(toSegment),
    publications,
    previews,
    testUsers,
    disabledFlags,
    userLists,
  };
}

const toSegment = ({ id, name, condition }: SegmentSource): SegmentSource => ({ id, name, condition });

const CONTENTS_AT_ONCE_MAX = 8;

async function loadAll<Item, Loaded>(
  items: readonly Item[],
  loadOne: (item: Item) => Promise<Loaded>,
): Promise<readonly Loaded[]> {
  const loaded: Loaded[] = [];
  for (let from = 0; from < items.length; from += CONTENTS_AT_ONCE_MAX) {
    loaded.push(...(await Promise.all(items.slice(from, from + CONTENTS_AT_ONCE_MAX).map(loadOne))));
  }
  return loaded;
}

type ContentAt = (revision: number) => Promise<unknown>;

/** What a version gives, as it was saved. */
export async function publicationOf(
  { kind, id, version, contentRevision }: Published,
  contentAt: ContentAt,
): Promise<PublicationSource> {
  // The event that saved this version: ConfigCreated or FlagEdited, for two.
  const saved = (await contentAt(contentRevision)) as { content: ConfigContent | FlagContent };
  return { kind, id, version, ...givenBy(saved.content) };
}

async function previewOf(previewed: Previewed, contentAt: ContentAt): Promise<PreviewSource> {
  return { ...(await publicationOf(previewed, contentAt)), endsAt: previewed.endsAt };
}

function givenBy(content: ConfigContent | FlagContent): Pick<PublicationSource, "keys" | "rules"> {
  if ("keys" in content) return { keys: content.keys, rules: content.rules };
  const { key, rules } = content;
  return { keys: [key], rules: rules.map(({ value, ...rule }) => ({ ...rule, values: [{ key, value }] })) };
}

async function userListsOf(
  { app, segments }: Outline,
  testUsers: string | null,
  loadUserLists: Loading["loadUserLists"],
  known: UserLists,
): Promise<UserLists> {
  const named = segments.flatMap(({ condition }) => userListsIn(condition));
  const hashes = new Set(testUsers === null ? named : [...named, testUsers]);
  const unknown = [...hashes].filter((hash) => !known.has(hash));
  const loaded =
    unknown.length === 0 ? new Map<string, ReadonlySet<string>>() : await loadUserLists(app, unknown);
  const kept = [...known].filter(([hash]) => hashes.has(hash));
  return new Map([...kept, ...loaded]);
}
