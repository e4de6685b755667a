import type { ReleaseEvent } from "./release.events";
import type { Release, Schedule } from "./release.state";
import { cancellations, environmentRefusals, publicationRefusals } from "./publication.decider";
import {
  archived,
  notFound,
  refuseAll,
  type ReleaseDecision,
  type ReleaseRules,
} from "./releaseRules.policy";
import { checkInstant, checkWindow, instantText, isOverlapping, type Window } from "./window.policy";
import { accept, type Circumstances } from "../lib/decider";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";

export type NewSchedule = {
  id: string;
  version: number;
  environment: string;
  startsAt: string;
  /** Absent or null: the version stays active. */
  endsAt?: string | null | undefined;
  note?: string | undefined;
};

/** What is left out stays as it is; `endsAt: null` takes the end away. */
export type Reschedule = {
  scheduleId: string;
  startsAt?: string | undefined;
  endsAt?: string | null | undefined;
  note?: string | undefined;
};

/** Pending, running or suspended ones. */
export const OPEN_SCHEDULES_MAX = 20;

export function schedule<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { id, version, environment, startsAt, endsAt = null, note = "" }: NewSchedule,
  state: State,
  circumstances: Circumstances,
): ReleaseDecision<Content> {
  const release = rules.releases(state).get(id);
  if (!release) return refuseAll([notFound(rules.noun, id, [rules.idField])]);
  const { window, reasons: windowReasons } = checkWindow({ startsAt, endsAt }, circumstances.at);
  const reasons = [
    ...(release.isArchived ? [archived(rules, release)] : []),
    ...environmentRefusals(rules, environment, state),
    ...noteRefusals(note),
    ...windowReasons,
    ...(window ? overlapRefusals(release, { ...window, environment, id: null }) : []),
    ...publicationRefusals(rules, release, version, state, circumstances),
    ...(release.schedules.size >= OPEN_SCHEDULES_MAX ? [tooMany(rules.noun)] : []),
  ];
  if (reasons.length > 0 || !window) return refuseAll(reasons);
  const scheduleId = circumstances.newId("schedule");
  const data = { id, scheduleId, version, environment, ...window, note };
  return accept<ReleaseEvent<Content>>({ type: "Scheduled", data });
}

export function reschedule<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { scheduleId, startsAt, endsAt, note = "" }: Reschedule,
  state: State,
  circumstances: Circumstances,
): ReleaseDecision<Content> {
  const found = findSchedule(rules, scheduleId, state);
  if (!found) return refuseAll([notOpen(scheduleId)]);
  const { release, schedule } = found;
  const wanted = {
    startsAt: startsAt === undefined ? schedule.startsAt : (instantText(startsAt) ?? startsAt),
    endsAt:
      typeof endsAt === "string"
        ? (instantText(endsAt) ?? endsAt)
        : endsAt === undefined
          ? schedule.endsAt
          : null,
  };
  const isSame = wanted.startsAt === schedule.startsAt && wanted.endsAt === schedule.endsAt;
  if (isSame && schedule.status !== "SUSPENDED") return accept<ReleaseEvent<Content>>();
  const checked = schedule.hasStarted
    ? checkEnd(schedule, wanted, circumstances.at)
    : checkWindow(wanted, circumstances.at);
  const reasons = [
    ...noteRefusals(note),
    ...checked.reasons,
    ...(checked.window ? overlapRefusals(release, { ...schedule, ...checked.window }) : []),
    ...(schedule.hasStarted
      ? []
      : publicationRefusals(rules, release, schedule.version, state, circumstances)),
  ];
  if (reasons.length > 0 || !checked.window) return refuseAll(reasons);
  const data = { id: release.id, scheduleId, ...checked.window, note };
  return accept<ReleaseEvent<Content>>({ type: "Rescheduled", data });
}

export function cancelSchedule<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { scheduleId, note = "" }: { scheduleId: string; note?: string | undefined },
  state: State,
): ReleaseDecision<Content> {
  const found = findSchedule(rules, scheduleId, state);
  const reasons = [...(found ? [] : [notOpen(scheduleId)]), ...noteRefusals(note)];
  if (!found || reasons.length > 0) return refuseAll(reasons);
  return accept<ReleaseEvent<Content>>(...cancellations(found.release, [found.schedule], note));
}

/** The open schedule with its release. */
export function findSchedule<Content, Draft, State>(
  { releases }: ReleaseRules<Content, Draft, State>,
  scheduleId: string,
  state: State,
): { release: Release; schedule: Schedule } | null {
  for (const release of releases(state).values()) {
    const schedule = release.schedules.get(scheduleId);
    if (schedule) return { release, schedule };
  }
  return null;
}

/** What has started keeps its start, and an end. */
function checkEnd(
  { startsAt }: Schedule,
  wanted: Window,
  at: string,
): Readonly<{ window: Window | null; reasons: readonly Refusal[] }> {
  if (wanted.startsAt !== startsAt) {
    const message = `It has started at ${startsAt} already; only its end can be changed.`;
    return { window: null, reasons: [{ code: "WRONG_STATE", message, path: ["startsAt"] }] };
  }
  if (wanted.endsAt === null) {
    const message = "It has started already; cancel it, and its version stays active.";
    return { window: null, reasons: [{ code: "WRONG_STATE", message, path: ["endsAt"] }] };
  }
  const { text, reasons } = checkInstant("endsAt", wanted.endsAt, at);
  return { window: reasons.length > 0 ? null : { startsAt, endsAt: text }, reasons };
}

/** Suspended ones stand in nobody's way: they are checked again when they are rescheduled. */
function overlapRefusals(
  { schedules }: Release,
  { id, environment, ...window }: Window & { id: string | null; environment: string },
): readonly Refusal[] {
  const others = [...schedules.values()].filter(
    (other) =>
      other.id !== id &&
      other.environment === environment &&
      other.status !== "SUSPENDED" &&
      isOverlapping(other, window),
  );
  return others.map(({ version, startsAt, endsAt }) => ({
    code: "OVERLAP",
    message:
      `Version ${version} is scheduled in ${environment} ${endsAt === null ? "at" : "from"} ${startsAt}` +
      `${endsAt === null ? "" : ` until ${endsAt}`}; choose another time, or cancel or reschedule that one.`,
    path: ["startsAt"],
  }));
}

function tooMany(noun: string): Refusal {
  const message = `A ${noun} has at most ${OPEN_SCHEDULES_MAX} open scheduled publications; cancel one first.`;
  return { code: "LIMIT_REACHED", message, path: [] };
}

function notOpen(scheduleId: string): Refusal {
  const message =
    `There is no open scheduled publication "${scheduleId.slice(0, 200)}"; ` +
    `check its id: what is done or cancelled cannot be changed.`;
  return { code: "NOT_FOUND", message, path: ["id"] };
}
