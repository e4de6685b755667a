import type { Key } from "./key.state";
import { checkValue } from "./value.policy";
import type { AppState } from "../apps/app.state";
import { experimentReference, referenceTo, releasesOf, type KnownRelease } from "../apps/uses.policy";
import type { ConfigContent } from "../configs/config.events";
import type { FlagContent } from "../flags/flag.events";
import type { Circumstances, ContentReference } from "../lib/decider";
import { jsonEquals, type Json } from "../lib/json";
import type { Reference, Refusal } from "../lib/refusal";
import { versionEntry, versionsInUse } from "../releases/release.state";

/** Places that a refused schema edit lists in words; it says how many more there are. */
export const MISFITS_LISTED_MAX = 100;

/** The contents that hold values which a new schema has to fit. */
export function schemaEditNeeds(
  state: AppState,
  { name, valueSchema }: Readonly<{ name: string; valueSchema?: Json | undefined }>,
): readonly ContentReference[] {
  const key = state.keys.get(name);
  if (!key || !narrows(key, valueSchema)) return [];
  return versionsUsing(state, name).map(({ revision }) => ({ revision }));
}

/** Refuses a schema that a value in use does not fit, listing each place. (The default value is checked elsewhere.) */
export function schemaEditRefusal(
  state: AppState,
  key: Key,
  valueSchema: Json,
  circumstances: Circumstances,
): Refusal | null {
  if (!narrows(key, valueSchema)) return null;
  const edited = { type: key.type, valueSchema };
  const inVersions = versionsUsing(state, key.name).flatMap(({ user, version, revision }) =>
    misfitsIn(edited, key.name, contentOf(circumstances.content({ revision }))).map((misfit) => ({
      user: referenceTo(user),
      words: `${misfit.rule} of version ${version} of "${user.release.name}" (the value ${misfit.message})`,
    })),
  );
  const misfits = [...inVersions, ...misfitsInExperiments(edited, key.name, state)];
  if (misfits.length === 0) return null;
  const listed = misfits.slice(0, MISFITS_LISTED_MAX).map(({ words }) => words);
  const more = misfits.length > listed.length ? `; and ${misfits.length - listed.length} more` : "";
  return {
    code: "IN_USE",
    message: `Values in use do not fit the new schema: ${listed.join("; ")}${more}. Change them first, or the schema.`,
    path: ["valueSchema"],
    usedBy: distinct(misfits.map(({ user }) => user)),
  };
}

function narrows(key: Key, valueSchema: Json | undefined): boolean {
  return valueSchema !== undefined && valueSchema !== null && !jsonEquals(key.valueSchema, valueSchema);
}

type VersionUsing = Readonly<{ user: KnownRelease; version: number; revision: number }>;

function versionsUsing(state: AppState, name: string): readonly VersionUsing[] {
  return releasesOf(state).flatMap((user) =>
    [...versionsInUse(user.release)]
      .sort((a, b) => a - b)
      .map((version) => ({ user, version, ...versionEntry(user.release, version) }))
      .filter(({ references }) => references.keys.includes(name))
      .map(({ version, revision }) => ({ user, version, revision })),
  );
}

function misfitsIn(key: Pick<Key, "type" | "valueSchema">, name: string, content: Content) {
  return valuesByRule(content, name).flatMap((values, index) =>
    values
      .map((value) => checkValue(key, value))
      .flatMap((checked) =>
        "message" in checked ? [{ rule: `rule ${index + 1}`, message: checked.message }] : [],
      ),
  );
}

/** The values stand in the state, so nothing has to be loaded for them. */
function misfitsInExperiments(key: Pick<Key, "type" | "valueSchema">, name: string, state: AppState) {
  const unarchived = [...state.experiments.values()].filter(({ isArchived }) => !isArchived);
  return unarchived.flatMap((experiment) =>
    experiment.variations.flatMap((variation) =>
      variation.values
        .filter((given) => given.key === name)
        .map(({ value }) => checkValue(key, value))
        .flatMap((checked) =>
          "message" in checked
            ? [
                {
                  user: experimentReference(experiment),
                  words: `variation "${variation.name}" of "${experiment.name}" (the value ${checked.message})`,
                },
              ]
            : [],
        ),
    ),
  );
}

type Content = ConfigContent | FlagContent;

/** What each rule gives the key. */
function valuesByRule(content: Content, name: string): readonly (readonly Json[])[] {
  if ("key" in content) return content.rules.map(({ value }) => (content.key === name ? [value] : []));
  return content.rules.map(({ values }) =>
    values.filter(({ key }) => key === name).map(({ value }) => value),
  );
}

/** The stored data of what saved a version: what the state's revisions of versions point at. */
function contentOf(data: unknown): Content {
  return (data as { content: Content }).content;
}

function distinct(references: readonly Reference[]): readonly Reference[] {
  return [...new Map(references.map((reference) => [reference.id, reference])).values()];
}
