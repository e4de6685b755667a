import type { AppState } from "../apps/app.state";
import { openEnvironments } from "../apps/environment.state";
import type { ConfigContent } from "../configs/config.events";
import { userListsIn } from "../evaluation/condition";
import type { KeySource, PublicationSource, RulesetSource, SegmentSource } from "../evaluation/model";
import type { Folded } from "../eventstore/commands";
import { invariant } from "../lib/invariant";
import { versionEntry } from "../releases/release.state";

/** The part of an app's state that rulesets are made of. Taken in one go, because the state goes on changing. */
export type Outline = Readonly<{
  app: string;
  revision: number;
  keys: readonly KeySource[];
  segments: readonly SegmentSource[];
  /** By environment, in order of its creation. */
  published: ReadonlyMap<string, readonly Published[]>;
}>;

/** `contentRevision` is where in the stream the version's content stands. */
export type Published = Readonly<{ id: string; version: number; contentRevision: number }>;

export type UserLists = ReadonlyMap<string, ReadonlySet<string>>;

/** What a source takes beside the outline. */
export type Loading = Readonly<{
  content: (stream: string, revision: number) => Promise<unknown>;
  /** Those of an app by their hashes. */
  loadUserLists: (app: string, hashes: readonly string[]) => Promise<UserLists>;
}>;

export function outlineOf({ state, revision }: Folded<AppState>): Outline | null {
  if (state.slug === null) return null;
  const { slug: app } = state;
  return {
    app,
    revision,
    // These objects are replaced and never changed, so it is known by identity whether any is new.
    keys: [...state.keys.values()].filter(({ isArchived }) => !isArchived),
    segments: [...state.segments.values()].filter(({ isArchived }) => !isArchived),
    published: new Map(answering(state).map((environment) => [environment, publishedIn(environment, state)])),
  };
}

/** The environments in which anybody is answered: none once the app is archived. */
function answering(state: AppState): readonly string[] {
  return state.isArchived ? [] : openEnvironments(state);
}

function publishedIn(environment: string, { configs }: AppState): readonly Published[] {
  const published: Published[] = [];
  for (const config of configs.values()) {
    const version = config.active.get(environment);
    if (version === undefined || config.isArchived) continue;
    published.push({ id: config.id, version, contentRevision: versionEntry(config, version).revision });
  }
  return published;
}

/** Whether the rulesets of an environment by both outlines answer the same. */
export function isSameIn(environment: string, a: Outline, b: Outline): boolean {
  const [left, right] = [a.published.get(environment) ?? [], b.published.get(environment) ?? []];
  return (
    areSame(a.keys, b.keys, Object.is) &&
    areSame(a.segments, b.segments, Object.is) &&
    areSame(left, right, (one, other) => one.contentRevision === other.contentRevision && one.id === other.id)
  );
}

function areSame<Item>(
  a: readonly Item[],
  b: readonly Item[],
  isSame: (one: Item, other: Item) => boolean,
): boolean {
  return a.length === b.length && a.every((item, index) => isSame(item, b[index] as Item));
}

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
  const { app, revision, segments } = outline;
  const published = outline.published.get(environment);
  invariant(published, `app "${app}" has no environment "${environment}"`);
  const [publications, userLists] = await Promise.all([
    publicationsOf(published, (at) => content(stream, at)),
    userListsOf(outline, loadUserLists, known),
  ]);
  const keys = outline.keys.map(({ name, defaultValue, isVisibleToClients }) => {
    return { name, defaultValue, isVisibleToClients };
  });
  return { app, environment, revision, keys, segments: segments.map(toSegment), publications, userLists };
}

const toSegment = ({ id, name, condition }: SegmentSource): SegmentSource => ({ id, name, condition });

const CONTENTS_AT_ONCE_MAX = 8;

async function publicationsOf(
  published: readonly Published[],
  content: (revision: number) => Promise<unknown>,
): Promise<readonly PublicationSource[]> {
  const publications: PublicationSource[] = [];
  for (let from = 0; from < published.length; from += CONTENTS_AT_ONCE_MAX) {
    const some = published.slice(from, from + CONTENTS_AT_ONCE_MAX);
    publications.push(...(await Promise.all(some.map((each) => publicationOf(each, content)))));
  }
  return publications;
}

async function publicationOf(
  { id, version, contentRevision }: Published,
  content: (revision: number) => Promise<unknown>,
): Promise<PublicationSource> {
  // The event that saved this version: ConfigCreated or ConfigEdited.
  const { content: saved } = (await content(contentRevision)) as { content: ConfigContent };
  return { kind: "Config", id, version, keys: saved.keys, rules: saved.rules };
}

async function userListsOf(
  { app, segments }: Outline,
  loadUserLists: Loading["loadUserLists"],
  known: UserLists,
): Promise<UserLists> {
  const hashes = new Set(segments.flatMap(({ condition }) => userListsIn(condition)));
  const unknown = [...hashes].filter((hash) => !known.has(hash));
  const loaded =
    unknown.length === 0 ? new Map<string, ReadonlySet<string>>() : await loadUserLists(app, unknown);
  const kept = [...known].filter(([hash]) => hashes.has(hash));
  return new Map([...kept, ...loaded]);
}
