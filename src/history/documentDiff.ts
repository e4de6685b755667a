import { FLAG_CONTENT_DIFF } from "../flags/flagDiff";
import { CONFIG_CONTENT_DIFF } from "../configs/configDiff";
import { CONDITION_DIFF } from "../evaluation/diffCondition";
import { experimentDiff } from "../experiments/experimentDiff";
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

/** What releases share. The keys of the latest version stand in it, and need not be said twice. */
function releaseRule(content: MembersRule): MembersRule {
  return members({
    ...THING,
    keys: HIDDEN,
    key: HIDDEN,
    latestVersion: versionRule(content),
    environments: members({}, versionRule(content)),
    scheduledPublications: items("id", members({ id: HIDDEN })),
    previews: items("id", members({ id: HIDDEN })),
    disabledIn: members({}, members({})),
  });
}

function versionRule(content: MembersRule): MembersRule {
  return members({ ...content.members, note: HIDDEN }, content.others);
}

const RULES: ReadonlyMap<string, MembersRule> = new Map([
  ["Key", members({ ...THING, defaultValue: JSON_VALUE, valueSchema: JSON_VALUE })],
  ["Segment", members({ ...THING, condition: CONDITION_DIFF })],
  ["Goal", goalDiff(THING)],
  ["Config", releaseRule(CONFIG_CONTENT_DIFF)],
  ["Flag", releaseRule(FLAG_CONTENT_DIFF)],
  ["Experiment", experimentDiff(THING)],
  ["App", members({ ...SAID, settings: members({}), testUsers: members({}) })],
]);
