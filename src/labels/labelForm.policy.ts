import type { Labels } from "./labels.policy";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

export const TAGS_PER_THING_MAX = 50;
export const TAG_LENGTH_MAX = 60;
export const OWNER_LENGTH_MAX = 120;

/** Labels as they are stored, with everything wrong with those that somebody wants. Nobody is as good as an empty owner. */
export function checkLabels(wanted: Labels): Readonly<{ labels: Labels; reasons: readonly Refusal[] }> {
  const tags = wanted.tags.map((tag) => tag.trim());
  const owner = wanted.owner?.trim() ?? "";
  const reasons = [
    ...countRefusals(tags),
    ...tags.slice(0, TAGS_PER_THING_MAX).flatMap(tagRefusals),
    ...refusals(["owner"], checkText("The owner", owner, { lengthMax: OWNER_LENGTH_MAX })),
  ];
  const labels = {
    tags: [...new Set(tags)].sort((a, b) => (a < b ? -1 : 1)),
    owner: owner === "" ? null : owner,
    removeBy: wanted.removeBy,
  };
  return { labels, reasons };
}

function countRefusals(tags: readonly string[]): readonly Refusal[] {
  if (tags.length <= TAGS_PER_THING_MAX) return [];
  const message = `A thing has at most ${TAGS_PER_THING_MAX} tags; these are ${tags.length}. Leave some out.`;
  return [{ code: "LIMIT_REACHED", message, path: ["tags"] }];
}

function tagRefusals(tag: string, index: number): readonly Refusal[] {
  const fault = checkText("A tag", tag, { lengthMin: 1, lengthMax: TAG_LENGTH_MAX });
  return refusals(["tags", String(index)], fault);
}

function refusals(path: readonly string[], message: string | null): readonly Refusal[] {
  return message === null ? [] : [{ code: "INVALID", message, path }];
}
