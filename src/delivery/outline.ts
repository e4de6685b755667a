import type { AppState } from "../apps/app.state";
import { openEnvironments } from "../apps/environment.state";
import { releasesOf } from "../apps/uses.policy";
import type { DisabledFlagSource, KeySource, Origin, SegmentSource } from "../evaluation/model";
import type { Folded } from "../eventstore/commands";
import type { KeyType } from "../keys/key.events";
import { previewIn } from "../releases/preview.policy";
import { versionEntry, type Release } from "../releases/release.state";

/** The part of an app's state that rulesets are made of. Taken in one go, because the state goes on changing. */
export type Outline = Readonly<{
  app: string;
  revision: number;
  timeZone: string;
  keys: readonly OutlinedKey[];
  segments: readonly SegmentSource[];
  /** By environment, in order of its creation. */
  published: ReadonlyMap<string, readonly Published[]>;
  /** By environment. */
  previewed: ReadonlyMap<string, readonly Previewed[]>;
  /** The hash of their list. */
  testUsers: string | null;
  /** By environment. */
  disabledFlags: ReadonlyMap<string, readonly DisabledFlagSource[]>;
}>;

export type OutlinedKey = Pick<KeySource, "name" | "defaultValue" | "isVisibleToClients"> &
  Readonly<{ type: KeyType }>;

/** `contentRevision` is where in the stream the version's content stands. */
export type Published = Origin & Readonly<{ version: number; contentRevision: number }>;

/** `endsAt` in milliseconds. */
export type Previewed = Published & Readonly<{ endsAt: number }>;

export function outlineOf({ state, revision }: Folded<AppState>): Outline | null {
  if (state.slug === null) return null;
  const { slug: app } = state;
  const environments = answering(state);
  return {
    app,
    revision,
    timeZone: state.settings.timeZone,
    // These objects are replaced and never changed, so it is known by identity whether any is new.
    keys: [...state.keys.values()].filter(({ isArchived }) => !isArchived),
    segments: [...state.segments.values()].filter(({ isArchived }) => !isArchived),
    published: new Map(environments.map((environment) => [environment, publishedIn(environment, state)])),
    previewed: new Map(environments.map((environment) => [environment, previewedIn(environment, state)])),
    testUsers: state.testUsers?.list ?? null,
    disabledFlags: new Map(environments.map((environment) => [environment, disabledIn(environment, state)])),
  };
}

/** The environments in which anybody is answered: none once the app is archived. */
function answering(state: AppState): readonly string[] {
  return state.isArchived ? [] : openEnvironments(state);
}

function publishedIn(environment: string, state: AppState): readonly Published[] {
  return releasesOf(state).flatMap(({ kind, release }) => {
    const version = release.active.get(environment);
    if (version === undefined || release.isArchived) return [];
    if (kind === "Flag" && isDisabled(release, environment, state)) return [];
    const contentRevision = versionEntry(release, version).revision;
    return [{ kind, id: release.id, version, contentRevision }];
  });
}

/** Also those whose time is up: whoever evaluates asks what time it is. */
function previewedIn(environment: string, state: AppState): readonly Previewed[] {
  return releasesOf(state).flatMap(({ kind, release }) => {
    const preview = previewIn(release, environment);
    if (!preview) return [];
    const { version, endsAt } = preview;
    const contentRevision = versionEntry(release, version).revision;
    return [{ kind, id: release.id, version, contentRevision, endsAt: Date.parse(endsAt) }];
  });
}

function isDisabled({ id }: Release, environment: string, { disabledFlags }: AppState): boolean {
  return disabledFlags.get(id)?.has(environment) ?? false;
}

/** The key is that of the version which would give it a value: the active one, or the latest where none is published. */
function disabledIn(environment: string, { flags, disabledFlags }: AppState): readonly DisabledFlagSource[] {
  return [...disabledFlags].flatMap(([id, environments]) => {
    const flag = flags.get(id);
    const disabled = environments.get(environment);
    if (!flag || !disabled || flag.isArchived) return [];
    const version = flag.active.get(environment) ?? null;
    const { references } = versionEntry(flag, version ?? flag.versions.length);
    return references.keys.map((key) => ({ id, version, key, note: disabled.note }));
  });
}

/** Whether the rulesets of an environment by both outlines answer the same. */
export function isSameIn(environment: string, a: Outline, b: Outline): boolean {
  const published = [a, b].map((outline) => outline.published.get(environment) ?? []);
  const previewed = [a, b].map((outline) => outline.previewed.get(environment) ?? []);
  const disabled = [a, b].map(({ disabledFlags }) => disabledFlags.get(environment) ?? []);
  return (
    a.timeZone === b.timeZone &&
    areSame([a.keys, b.keys], Object.is) &&
    areSame([a.segments, b.segments], Object.is) &&
    areSame(published, isSamePublished) &&
    areSame(previewed, isSamePreviewed) &&
    a.testUsers === b.testUsers &&
    areSame(disabled, isSameDisabled)
  );
}

function isSamePublished(one: Published, other: Published): boolean {
  return one.contentRevision === other.contentRevision && one.id === other.id;
}

function isSamePreviewed(one: Previewed, other: Previewed): boolean {
  return isSamePublished(one, other) && one.endsAt === other.endsAt;
}

function isSameDisabled(one: DisabledFlagSource, other: DisabledFlagSource): boolean {
  const { id, version, key, note } = one;
  return id === other.id && version === other.version && key === other.key && note === other.note;
}

function areSame<Item>(
  [a = [], b = []]: readonly (readonly Item[])[],
  isSame: (one: Item, other: Item) => boolean,
): boolean {
  return a.length === b.length && a.every((item, index) => isSame(item, b[index] as Item));
}
