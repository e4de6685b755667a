import type { References, ReleaseEvent, VersionData } from "./release.events";
import { versionEntry, type Release } from "./release.state";
import type { Offer } from "./ruleWarnings.policy";
import type { Condition } from "../evaluation/condition";
import { refuse, type Circumstances, type Decision } from "../lib/decider";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

/** What a slice tells about its releases, so that one decider serves configs and flags alike. */
export type ReleaseRules<Content, Draft, State> = Readonly<{
  /** The GraphQL type, which also starts the names of its events: `Config`. */
  kind: string;
  /** What messages call one: `config`. */
  noun: string;
  /** Of its ids. */
  idPrefix: string;
  /** The input field that names one: `configId`. */
  idField: string;
  /** How many unarchived ones an app may have. */
  unarchivedMax: number;
  releases(state: State): ReadonlyMap<string, Release>;
  environments(state: State): readonly string[];
  /** Whether anybody would get a preview. */
  hasTestUsers(state: State): boolean;
  /** What a draft makes, as it is stored; `latest` is what it was made from. Reasons are of the form only. */
  contentOf(
    draft: Draft,
    latest: Content | null,
    state: State,
    circumstances: Circumstances,
  ): Readonly<{ content: Content; reasons: readonly Refusal[] }>;
  /** Every reason why this content cannot be in use now; `releaseId` is null while it is being created. */
  check(content: Content, releaseId: string | null, state: State): readonly Refusal[];
  referencesOf(content: Content): References;
  /** What warnings are about, over these segments. */
  offerOf(content: Content): Offer;
  segments(state: State): ReadonlyMap<string, Readonly<{ name: string; condition: Condition }>>;
}>;

export type ReleaseDecision<Content> = Decision<ReleaseEvent<Content>>;

export const RELEASE_NAME_LENGTH_MAX = 120;
export const RELEASE_DESCRIPTION_LENGTH_MAX = 1_000;

/** Reasons that one refusal or suspension lists; the last one then says how many more there are. */
export const REASONS_MAX = 200;

export function refuseAll(reasons: readonly Refusal[]): Decision<never> {
  return refuse(...bounded(reasons));
}

export function bounded(reasons: readonly Refusal[]): readonly Refusal[] {
  if (reasons.length <= REASONS_MAX) return reasons;
  const more = reasons.length - (REASONS_MAX - 1);
  const last: Refusal = {
    code: "INVALID",
    message: `There are ${more} more reasons; mend these first.`,
    path: [],
  };
  return [...reasons.slice(0, REASONS_MAX - 1), last];
}

/** The content of a version, which the shell loaded because `needs` asked for it. */
export function contentAt<Content>(release: Release, version: number, circumstances: Circumstances): Content {
  const { revision } = versionEntry(release, version);
  // At a version's revision stands the event that saved it.
  return (circumstances.content({ revision }) as VersionData<Content>).content;
}

export const hasVersion = ({ versions }: Release, version: number): boolean =>
  Number.isInteger(version) && version >= 1 && version <= versions.length;

/** Everything wrong with name, description and note; names come trimmed. */
export function textRefusals({
  name,
  description,
  note,
}: Readonly<Record<"name" | "description" | "note", string>>) {
  return [
    ...invalid("name", checkText("The name", name, { lengthMin: 1, lengthMax: RELEASE_NAME_LENGTH_MAX })),
    ...invalid(
      "description",
      checkText("The description", description, { lengthMax: RELEASE_DESCRIPTION_LENGTH_MAX }),
    ),
    ...noteRefusals(note),
  ];
}

export function takenRefusals<State>(
  { noun, releases }: Pick<ReleaseRules<unknown, unknown, State>, "noun" | "releases">,
  name: string,
  releaseId: string | null,
  state: State,
): readonly Refusal[] {
  for (const other of releases(state).values()) {
    if (other.isArchived || other.id === releaseId || other.name !== name) continue;
    const message = `There is a ${noun} named "${name}" already; choose another name, or archive that one.`;
    return [{ code: "TAKEN", message, path: ["name"] }];
  }
  return [];
}

export function limitRefusals<State>(
  {
    noun,
    unarchivedMax,
    releases,
  }: Pick<ReleaseRules<unknown, unknown, State>, "noun" | "releases" | "unarchivedMax">,
  state: State,
): readonly Refusal[] {
  let unarchived = 0;
  for (const { isArchived } of releases(state).values()) if (!isArchived) unarchived += 1;
  if (unarchived < unarchivedMax) return [];
  const message = `An app has at most ${unarchivedMax} ${noun}s that are not archived; archive one first.`;
  return [{ code: "LIMIT_REACHED", message, path: [] }];
}

export function notFound(noun: string, id: string, path: readonly string[]): Refusal {
  // The id may be anything of any length.
  return { code: "NOT_FOUND", message: `There is no ${noun} "${id.slice(0, 200)}"; check its id.`, path };
}

export function archived({ noun, idField }: { noun: string; idField: string }, { name }: Release): Refusal {
  const message = `The ${noun} "${name}" is archived; restore it first.`;
  return { code: "ARCHIVED", message, path: [idField] };
}

function invalid(field: string, message: string | null): readonly Refusal[] {
  return message === null ? [] : [{ code: "INVALID", message, path: [field] }];
}
