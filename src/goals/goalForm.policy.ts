import type { GoalContent, TrackedEvent } from "./goal.events";
import { checkEventConditions } from "../evaluation/condition";
import { propertyPathFault } from "../evaluation/propertyPath";
import { jsonEquals, type Json, type JsonObject } from "../lib/json";
import { noteRefusals } from "../lib/note";
import { membersOf } from "../lib/pointer";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

export const GOAL_NAME_LENGTH_MAX = 120;
export const GOAL_DESCRIPTION_LENGTH_MAX = 1_000;
export const EVENTS_PER_GOAL_MAX = 10;
export const EVENT_NAME_LENGTH_MAX = 120;
export const VALUE_PROPERTY_LENGTH_MAX = 120;

/** An event to track, as somebody wants it. Without `where` it counts whatever its properties. */
export type WantedEvent = Readonly<{ name: string; where?: Json | undefined }>;

export type GoalForm = Readonly<{
  name: string;
  description: string;
  events: readonly WantedEvent[];
  valueProperty: string | null;
  note: string;
}>;

/** What a goal would hold, as it is stored, with everything wrong with it that can be said without knowing the app. */
export function goalContent(form: GoalForm): Readonly<{ content: GoalContent; reasons: readonly Refusal[] }> {
  const { name: untrimmed, description, events, valueProperty, note } = form;
  const name = untrimmed.trim();
  const reasons = [
    ...refusals(["name"], checkText("The name", name, { lengthMin: 1, lengthMax: GOAL_NAME_LENGTH_MAX })),
    ...refusals(
      ["description"],
      checkText("The description", description, { lengthMax: GOAL_DESCRIPTION_LENGTH_MAX }),
    ),
    ...eventsRefusals(events),
    ...(valueProperty === null ? [] : refusals(["valueProperty"], valuePropertyFault(valueProperty))),
    ...noteRefusals(note),
  ];
  return { content: { name, description, events: events.map(trackedEvent), valueProperty }, reasons };
}

function trackedEvent({ name, where = null }: WantedEvent): TrackedEvent {
  // What is no condition is refused, and never stored.
  return { name, where: where as JsonObject | null };
}

function eventsRefusals(events: readonly WantedEvent[]): readonly Refusal[] {
  if (events.length === 0) return refusals(["events"], "A goal tracks at least one event; name one.");
  if (events.length > EVENTS_PER_GOAL_MAX) {
    const message = `A goal tracks at most ${EVENTS_PER_GOAL_MAX} events; these are ${events.length}.`;
    return refusals(["events"], message);
  }
  return [
    ...events.flatMap(eventNameRefusals),
    ...events.flatMap(repetitionRefusals),
    ...conditionRefusals(events),
  ];
}

function eventNameRefusals({ name }: WantedEvent, index: number): readonly Refusal[] {
  const path = ["events", String(index), "name"];
  const bounds = { lengthMin: 1, lengthMax: EVENT_NAME_LENGTH_MAX };
  const fault = checkText("An event's name", name, bounds);
  if (fault !== null) return refusals(path, fault);
  if (name.trim() === "") return refusals(path, "An event's name must not be blank.");
  return [];
}

/** One event may stand there under several conditions, but none twice. No condition is the same as one that all fit. */
function repetitionRefusals(
  { name, where }: WantedEvent,
  index: number,
  events: readonly WantedEvent[],
): readonly Refusal[] {
  const isSame = (event: WantedEvent): boolean =>
    event.name === name && jsonEquals(event.where ?? {}, where ?? {});
  if (events.findIndex(isSame) === index) return [];
  const message = `The event "${name}" is tracked already under the same condition; leave it out here.`;
  return refusals(["events", String(index)], message);
}

/** Each fault of a condition with the path to it: `["events", "0", "where", "amount", "$gt"]`. */
function conditionRefusals(events: readonly WantedEvent[]): readonly Refusal[] {
  const conditions = events.map(({ where }) => where ?? {});
  return checkEventConditions(conditions).flatMap(({ pointer, message }) => {
    const [index, ...members] = membersOf(pointer);
    // What concerns all of them together has no index.
    return refusals(["events", ...(index === undefined ? [] : [index, "where", ...members])], message);
  });
}

function valuePropertyFault(valueProperty: string): string | null {
  const bounds = { lengthMin: 1, lengthMax: VALUE_PROPERTY_LENGTH_MAX };
  return checkText("The value property", valueProperty, bounds) ?? propertyPathFault(valueProperty);
}

function refusals(path: readonly string[], message: string | null): readonly Refusal[] {
  return message === null ? [] : [{ code: "INVALID", message, path }];
}
