import type { ReleaseEvent } from "./release.events";
import type { Release, Schedule } from "./release.state";
import { cancellations, publication, publicationRefusals, unpublications } from "./publication.decider";
import { bounded, type ReleaseDecision, type ReleaseRules } from "./releaseRules.policy";
import { findSchedule } from "./schedule.decider";
import { accept, type Circumstances } from "../lib/decider";
import type { Refusal } from "../lib/refusal";

/** `dueAt` is the time that the scheduler knows: what was rescheduled meanwhile is not due. */
export type Due = { scheduleId: string; dueAt: string };

/** Publishes what was scheduled, or suspends it with every reason why not. What is not due any more changes nothing. */
export function startScheduled<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { scheduleId, dueAt }: Due,
  state: State,
  circumstances: Circumstances,
): ReleaseDecision<Content> {
  const found = findSchedule(rules, scheduleId, state);
  if (found?.schedule.status !== "PENDING" || found.schedule.startsAt !== dueAt) {
    return accept<ReleaseEvent<Content>>();
  }
  const { release, schedule } = found;
  const { version, environment } = schedule;
  const reasons = publicationRefusals(rules, release, version, state, circumstances);
  if (reasons.length > 0) return accept<ReleaseEvent<Content>>(suspension(found, dueAt, reasons));
  // A window whose end was suspended still waits to put its fallback back; that must not undo this publication.
  const stale = [...release.schedules.values()].filter(
    (other) => other.environment === environment && other.hasStarted,
  );
  const previousVersion = release.active.get(environment) ?? null;
  const cause = { kind: "SCHEDULE", scheduleId, dueAt } as const;
  const data = { id: release.id, version, previousVersion, environment, cause, note: "" };
  return accept<ReleaseEvent<Content>>(
    ...cancellations(release, stale, ""),
    ...publication(release, data, circumstances),
  );
}

/** Makes active again what was active at the start, or nothing if nothing was. */
export function endScheduled<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { scheduleId, dueAt }: Due,
  state: State,
  circumstances: Circumstances,
): ReleaseDecision<Content> {
  const found = findSchedule(rules, scheduleId, state);
  if (found?.schedule.status !== "RUNNING" || found.schedule.endsAt !== dueAt) {
    return accept<ReleaseEvent<Content>>();
  }
  const { release, schedule } = found;
  const { environment, fallback } = schedule;
  const cause = { kind: "SCHEDULE_END", scheduleId, dueAt } as const;
  if (fallback === null) {
    return accept<ReleaseEvent<Content>>(...unpublications(release, [environment], cause, ""));
  }
  const reasons = publicationRefusals(rules, release, fallback, state, circumstances);
  if (reasons.length > 0) return accept<ReleaseEvent<Content>>(suspension(found, dueAt, reasons));
  const previousVersion = release.active.get(environment) ?? null;
  const data = { id: release.id, version: fallback, previousVersion, environment, cause, note: "" };
  return accept<ReleaseEvent<Content>>(...publication(release, data, circumstances));
}

function suspension(
  { release, schedule }: { release: Release; schedule: Schedule },
  dueAt: string,
  reasons: readonly Refusal[],
): ReleaseEvent<never> {
  const data = { id: release.id, scheduleId: schedule.id, dueAt, reasons: bounded(reasons) };
  return { type: "ScheduleSuspended", data };
}
