import { diffCondition } from "../evaluation/diffCondition";
import { members, type Difference, type DiffRule, type MembersRule } from "../lib/diffRule";
import { isJsonObject, jsonEquals, type Json, type JsonObject } from "../lib/json";
import { pathTo } from "../lib/pointer";

/** How the events of a goal are compared: by their names, and the conditions of one that stands in both part by part. */
const EVENTS: DiffRule = { as: "own", diff: diffEvents, shown: (events) => events };

/** How goals are compared; `others` is for what they have in common with other things. */
export function goalDiff(others: MembersRule["members"]): MembersRule {
  return members({ ...others, events: EVENTS });
}

function diffEvents(path: string, before: Json, after: Json): readonly Difference[] {
  if (jsonEquals(before, after)) return [];
  const { edited, gone, come } = paired(eventsIn(before), eventsIn(after));
  const at = (event: JsonObject): string => pathTo(path, String(event["name"]));
  const differences = [
    ...gone.map((event) => ({ path: at(event), before: event, after: null })),
    ...edited.flatMap(([old, now]) =>
      diffCondition(pathTo(at(now), "where"), old["where"] ?? null, now["where"] ?? null),
    ),
    ...come.map((event) => ({ path: at(event), before: null, after: event })),
  ];
  // Only their order is another one.
  return differences.length > 0 ? differences : [{ path, before, after }];
}

/** Events that are the same in both are left out; of the others, those of one name count as edited, in their order. */
function paired(before: readonly JsonObject[], after: readonly JsonObject[]) {
  const isIn = (events: readonly JsonObject[]) => (event: JsonObject) =>
    events.some((other) => jsonEquals(other, event));
  const come = after.filter((event) => !isIn(before)(event));
  const gone: JsonObject[] = [];
  const edited: (readonly [JsonObject, JsonObject])[] = [];
  for (const old of before.filter((event) => !isIn(after)(event))) {
    const index = come.findIndex((now) => now["name"] === old["name"]);
    const [now] = index < 0 ? [] : come.splice(index, 1);
    if (now) edited.push([old, now]);
    else gone.push(old);
  }
  return { edited, gone, come };
}

function eventsIn(value: Json): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item: Json) => isJsonObject(item)) : [];
}
