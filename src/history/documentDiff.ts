import { CONFIG_CONTENT_DIFF } from "../configs/configDiff";
import { CONDITION_DIFF } from "../evaluation/diffCondition";
import { goalDiff } from "../goals/goalDiff.policy";
import { diff } from "../lib/diff";
import { HIDDEN, items, JSON_VALUE, members, SET, type Difference, type MembersRule } from "../lib/diffRule";
import type { JsonObject } from "../lib/json";

/** What is different between a thing before and after a change. `kind` is its GraphQL type name. */
export function diffDocuments(
  kind: string,
  before: JsonObject | null,
  after: JsonObject | null,
): readonly Difference[] {
  return diff(before, after, RULES.get(kind) ?? ANY);
}

/** The change says itself which thing it is about, when it was, and what was noted with it. */
const SAID = { id: HIDDEN, createdAt: HIDDEN, note: HIDDEN };

/** What things have in common. */
const THING = { ...SAID, tags: SET };

const ANY = members(SAID);

/** What releases share: the keys of the latest version stand in it, and need not be said twice. */
const RELEASE = members({
  ...THING,
  keys: HIDDEN,
  latestVersion: versionRule(CONFIG_CONTENT_DIFF),
  environments: members({}, versionRule(CONFIG_CONTENT_DIFF)),
  scheduledPublications: items("id", members({ id: HIDDEN })),
});

function versionRule(content: MembersRule): MembersRule {
  return members({ ...content.members, note: HIDDEN }, content.others);
}

const RULES: ReadonlyMap<string, MembersRule> = new Map([
  ["Key", members({ ...THING, defaultValue: JSON_VALUE, valueSchema: JSON_VALUE })],
  ["Segment", members({ ...THING, condition: CONDITION_DIFF })],
  ["Goal", goalDiff(THING)],
  ["Config", RELEASE],
  ["App", members({ ...SAID, settings: members({}) })],
]);
