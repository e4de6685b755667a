import type { AppState } from "./app.state";
import type { Reference, Refusal } from "../lib/refusal";
import { keysIn, type Experiment } from "../experiments/experiment.state";
import { referencesInUse, type Release } from "../releases/release.state";

export type KnownRelease = Readonly<{ kind: "Config" | "Flag"; release: Release }>;

/** Everything that has versions, archived or not. */
export function releasesOf({ configs, flags }: AppState): readonly KnownRelease[] {
  return [
    ...[...configs.values()].map((release) => ({ kind: "Config", release }) as const),
    ...[...flags.values()].map((release) => ({ kind: "Flag", release }) as const),
  ];
}

/** The kinds of things that others can use, by GraphQL type name. */
export const USED_KINDS = ["Key", "Segment", "Goal"] as const;
export type UsedKind = (typeof USED_KINDS)[number];

/** One thing that others can use: a key by its name, everything else by its id. */
export type UsedThing = Readonly<{ kind: UsedKind; id: string }>;

/** Who of one kind of things uses another thing. */
export type UserSource = (state: AppState, used: UsedThing) => readonly Reference[];

/** Answers who uses a thing: everything that keeps it from being archived, by kind and name. */
export function whoUsesAmong(sources: readonly UserSource[]): UserSource {
  return (state, used) => inOrder(sources.flatMap((source) => source(state, used)));
}

/** Unarchived releases use what their versions in use point at. */
function releasesUsing(state: AppState, { kind, id }: UsedThing): readonly Reference[] {
  const list = ({ Key: "keys", Segment: "segments", Goal: null } as const)[kind];
  if (list === null) return [];
  return releasesOf(state)
    .filter(({ release }) => referencesInUse(release)[list].has(id))
    .map(referenceTo);
}

/** Unarchived segments use those that their conditions name. */
function segmentsUsing({ segments }: AppState, { kind, id }: UsedThing): readonly Reference[] {
  if (kind !== "Segment") return [];
  return [...segments.values()]
    .filter(({ isArchived, refersTo }) => !isArchived && refersTo.includes(id))
    .map((segment) => ({ kind: "Segment", id: segment.id, name: segment.name }));
}

/** Unarchived experiments use what stands in them, whatever their state. */
function experimentsUsing({ experiments }: AppState, { kind, id }: UsedThing): readonly Reference[] {
  return [...experiments.values()]
    .filter(({ isArchived, variations, segmentId, goals }) => {
      if (isArchived) return false;
      if (kind === "Segment") return segmentId === id;
      return kind === "Key" ? keysIn(variations).includes(id) : goals.some(({ goalId }) => goalId === id);
    })
    .map(experimentReference);
}

/** Over all that use others: a slice whose things do adds itself here, and nowhere else. */
export const whoUses: UserSource = whoUsesAmong([releasesUsing, experimentsUsing, segmentsUsing]);

/** Why a thing cannot be archived: whoever uses it, if anybody does. `noun` is what people call such a thing. */
export function inUseRefusals(
  noun: string,
  name: string,
  path: readonly string[],
  usedBy: readonly Reference[],
): readonly Refusal[] {
  if (usedBy.length === 0) return [];
  const users = usedBy.map((user) => `"${user.name}"`).join(", ");
  const Noun = `${noun.slice(0, 1).toUpperCase()}${noun.slice(1)}`;
  const message = `${Noun} "${name}" is used by ${users}. Archive these first, or take the ${noun} out of them.`;
  return [{ code: "IN_USE", message, path, usedBy }];
}

/** Everything that is published or previewed in an environment, or will be by a schedule: it keeps it from being archived. */
export function usersOfEnvironment(state: AppState, environment: string): readonly Reference[] {
  return inOrder(
    releasesOf(state)
      .filter(({ release }) => isPublishedIn(release, environment))
      .map(referenceTo),
  );
}

/** Everything that is published, previewed or scheduled anywhere. */
export function usersOfAnyEnvironment(state: AppState): readonly Reference[] {
  return inOrder(
    releasesOf(state)
      .filter(({ release }) => isPublishedIn(release, null))
      .map(referenceTo),
  );
}

/** A schedule counts as long as it is open, suspended too: it may be revived. `null` stands for any environment. */
function isPublishedIn({ active, schedules, previews }: Release, environment: string | null): boolean {
  if (environment === null) return active.size + schedules.size + previews.size > 0;
  const others = [...schedules.values(), ...previews.values()];
  return active.has(environment) || others.some((other) => other.environment === environment);
}

export function referenceTo({ kind, release: { id, name } }: KnownRelease): Reference {
  return { kind, id, name };
}

export function experimentReference({ id, name }: Experiment): Reference {
  return { kind: "Experiment", id, name };
}

function inOrder(references: Reference[]): readonly Reference[] {
  const rank = ({ kind, name, id }: Reference) => [kind, name, id].join("\0");
  return references.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
