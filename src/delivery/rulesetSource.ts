import type { Outline, Published } from "./outline";
import type { ConfigContent } from "../configs/config.events";
import { userListsIn } from "../evaluation/condition";
import type { PublicationSource, RulesetSource, SegmentSource } from "../evaluation/model";
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
  const disabledFlags = outline.disabledFlags.get(environment) ?? [];
  return {
    app,
    environment,
    revision,
    keys,
    segments: segments.map(toSegment),
    publications,
    disabledFlags,
    userLists,
  };
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
  { contentRevision, ...origin }: Published,
  content: (revision: number) => Promise<unknown>,
): Promise<PublicationSource> {
  // The event that saved this version: ConfigCreated or FlagEdited, for two.
  const saved = (await content(contentRevision)) as { content: ConfigContent | FlagContent };
  return { ...origin, ...givenBy(saved.content) };
}

function givenBy(content: ConfigContent | FlagContent): Pick<PublicationSource, "keys" | "rules"> {
  if ("keys" in content) return { keys: content.keys, rules: content.rules };
  const { key, rules } = content;
  return { keys: [key], rules: rules.map(({ value, ...rule }) => ({ ...rule, values: [{ key, value }] })) };
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
