import { batchFaults, userIdFaults } from "./identify.policy";
import { invalid, propertiesFaults, under } from "./properties.policy";
import { EVENT_NAME_LENGTH_MAX } from "../evaluation/conditionLimits";
import { canonicalJson } from "../lib/canonicalJson";
import type { Json } from "../lib/json";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

export const EVENT_PROPERTIES_MAX = 256;
/** In UTF-16 code units. */
export const EVENT_ID_LENGTH_MAX = 128;
/** How long ago an event may have happened when it is sent. */
export const LATE_DAYS_MAX = 30;
/** How far the sender's clock may be ahead. */
export const EARLY_MINUTES_MAX = 5;

/** What somebody did. `at` is an instant in the form of `DateTime`; null: now. */
export type SentEvent = Readonly<{
  id: string;
  userId: string;
  name: string;
  at: string | null;
  properties: Json;
}>;

/** An event as it is stored: with its time, and its properties as canonical JSON. */
export type TrackedEvent = Readonly<{
  id: string;
  userId: string;
  name: string;
  at: string;
  /** Whether the sender said when it happened; if not, a repeat may come at any time. */
  isTimed: boolean;
  properties: string;
}>;

/** With the place that it has in the batch. */
export type IndexedEvent = Readonly<{ index: number; event: TrackedEvent }>;

export type CheckedEvents = Readonly<{
  /** Those to store. */
  events: readonly IndexedEvent[];
  /** How many say only what another one of the batch says. */
  repeats: number;
  refusals: readonly Refusal[];
}>;

/** Everything wrong with a batch of events, and those with which nothing is. Paths begin at the list. */
export function checkEvents(sent: readonly SentEvent[], nowMs: number): CheckedEvents {
  const tooMany = batchFaults("events", sent.length);
  if (tooMany.length > 0) return { events: [], repeats: 0, refusals: tooMany };
  const faults = sent.map((each, index) => under(["events", String(index)], eventFaults(each, nowMs)));
  const sound = sent.flatMap((each, index) =>
    faults[index]?.length === 0 ? [{ index, event: trackedEvent(each, nowMs) }] : [],
  );
  const { refusals, ...distinct } = eachOnce(sound, ({ userId }) => userId);
  return { ...distinct, refusals: [...faults.flat(), ...refusals] };
}

/** Each event of a user once: others of the same id say the same, or are refused. */
export function eachOnce(
  events: CheckedEvents["events"],
  userOf: (event: TrackedEvent) => string,
): CheckedEvents {
  const kept = new Map<string, IndexedEvent>();
  const refusals: Refusal[] = [];
  let repeats = 0;
  for (const each of events) {
    const name = JSON.stringify([userOf(each.event), each.event.id]);
    const first = kept.get(name);
    if (first === undefined) kept.set(name, each);
    else if (isSame(first.event, each.event)) repeats += 1;
    else refusals.push(idReused(each.index));
  }
  return { events: [...kept.values()], repeats, refusals };
}

const isSame = (first: TrackedEvent, later: TrackedEvent): boolean =>
  first.name === later.name &&
  first.properties === later.properties &&
  (!later.isTimed || first.at === later.at);

/** Its id was that of an event which said something else. */
export function idReused(index: number): Refusal {
  return {
    code: "TAKEN",
    message:
      "The user has an event with this id that says something else; it stands. Give each event an id of its own.",
    path: ["events", String(index), "id"],
  };
}

function trackedEvent({ id, userId, name, at, properties }: SentEvent, nowMs: number): TrackedEvent {
  const time = at ?? new Date(nowMs).toISOString();
  return { id, userId, name, at: time, isTimed: at !== null, properties: canonicalJson(properties) };
}

function eventFaults({ id, userId, name, at, properties }: SentEvent, nowMs: number): readonly Refusal[] {
  return [
    ...textFaults("An event's id", "id", id, EVENT_ID_LENGTH_MAX),
    ...userIdFaults("userId", userId),
    ...textFaults("An event's name", "name", name, EVENT_NAME_LENGTH_MAX),
    ...(at === null ? [] : timeFaults(Date.parse(at), nowMs)),
    ...under(["properties"], propertiesFaults(properties, AN_EVENT)),
  ];
}

const AN_EVENT = { noun: "an event", countMax: EVENT_PROPERTIES_MAX };

function textFaults(subject: string, field: string, text: string, lengthMax: number): readonly Refusal[] {
  const message = checkText(subject, text, { lengthMin: 1, lengthMax });
  return message === null ? [] : [invalid(message, [field])];
}

function timeFaults(atMs: number, nowMs: number): readonly Refusal[] {
  if (atMs < nowMs - LATE_DAYS_MAX * DAY_MS) {
    return [invalid(`An event is sent within ${LATE_DAYS_MAX} days after it happened.`, ["at"])];
  }
  if (atMs <= nowMs + EARLY_MINUTES_MAX * MINUTE_MS) return [];
  return [invalid(`An event lies at most ${EARLY_MINUTES_MAX} minutes ahead; check the clock.`, ["at"])];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
