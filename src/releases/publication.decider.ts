import { previewEnds, previewIn } from "./preview.policy";
import type { Cause, ReleaseEvent } from "./release.events";
import type { Release, Schedule } from "./release.state";
import {
  archived,
  contentAt,
  hasVersion,
  notFound,
  refuseAll,
  type ReleaseDecision,
  type ReleaseRules,
} from "./releaseRules.policy";
import { accept, type Circumstances } from "../lib/decider";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";

export type Publish = { id: string; version: number; environment: string; note?: string | undefined };
export type Unpublish = { id: string; environment: string; note?: string | undefined };

const BY_HAND: Cause = { kind: "BY_HAND" };

/** Makes any version the active one; what is active already stays so, but a scheduled end is off. */
export function publish<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { id, version, environment, note = "" }: Publish,
  state: State,
  circumstances: Circumstances,
): ReleaseDecision<Content> {
  const release = rules.releases(state).get(id);
  if (!release) return refuseAll([notFound(rules.noun, id, [rules.idField])]);
  const reasons = [
    ...(release.isArchived ? [archived(rules, release)] : []),
    ...environmentRefusals(rules, environment, state),
    ...noteRefusals(note),
    ...publicationRefusals(rules, release, version, state, circumstances),
  ];
  if (reasons.length > 0) return refuseAll(reasons);
  const cancelled = cancellations(release, overtaken(release, environment, circumstances.at), note);
  const previousVersion = release.active.get(environment) ?? null;
  if (previousVersion === version) return accept<ReleaseEvent<Content>>(...cancelled);
  const data = { id, version, previousVersion, environment, cause: BY_HAND, note };
  return accept<ReleaseEvent<Content>>(...cancelled, ...publication(release, data, circumstances));
}

/** Makes a version active for everybody; so a preview of it there is over. */
export function publication(
  release: Release,
  data: Extract<ReleaseEvent<never>, { type: "Published" }>["data"],
  { at }: Pick<Circumstances, "at">,
): ReleaseEvent<never>[] {
  const { version, environment, note } = data;
  const preview = previewIn(release, environment);
  const over = preview?.version === version ? [preview] : [];
  return [...previewEnds(release, over, { cause: "PUBLISHED", note, at }), { type: "Published", data }];
}

export function unpublish<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { id, environment, note = "" }: Unpublish,
  state: State,
  { at }: Circumstances,
): ReleaseDecision<Content> {
  const release = rules.releases(state).get(id);
  if (!release) return refuseAll([notFound(rules.noun, id, [rules.idField])]);
  const reasons = [...environmentRefusals(rules, environment, state), ...noteRefusals(note)];
  if (reasons.length > 0) return refuseAll(reasons);
  const cancelled = cancellations(release, overtaken(release, environment, at), note);
  return accept<ReleaseEvent<Content>>(
    ...cancelled,
    ...unpublications(release, [environment], BY_HAND, note),
  );
}

/** Every reason why this version cannot be active now, whatever its age. */
export function publicationRefusals<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  release: Release,
  version: number,
  state: State,
  circumstances: Circumstances,
): readonly Refusal[] {
  if (!hasVersion(release, version)) {
    const message = `"${release.name}" has the versions 1 to ${release.versions.length}, and no version ${version}.`;
    return [{ code: "NOT_FOUND", message, path: ["version"] }];
  }
  const content = contentAt<Content>(release, version, circumstances);
  return rules.check(content, release.id, state).map((reason) => ({ ...reason, path: ["version"] }));
}

export function environmentRefusals<Content, Draft, State>(
  { environments }: ReleaseRules<Content, Draft, State>,
  environment: string,
  state: State,
): readonly Refusal[] {
  if (environments(state).includes(environment)) return [];
  const known = environments(state).join(", ");
  const message = `There is no environment "${environment.slice(0, 200)}" in this app; it has: ${known}.`;
  return [{ code: "NOT_FOUND", message, path: ["environment"] }];
}

/**
 * The schedules that a change by hand ends: windows that run, and what was due and has not been done yet, which
 * would otherwise be done late and undo what somebody has just decided.
 */
function overtaken(release: Release, environment: string, at: string): readonly Schedule[] {
  return [...release.schedules.values()].filter(
    (schedule) =>
      schedule.environment === environment &&
      (schedule.hasStarted || (schedule.status === "PENDING" && schedule.startsAt <= at)),
  );
}

export function cancellations(
  { id }: Release,
  schedules: Iterable<Schedule>,
  note: string,
): ReleaseEvent<never>[] {
  return [...schedules].map((schedule) => ({
    type: "ScheduleCancelled",
    data: { id, scheduleId: schedule.id, note },
  }));
}

export function unpublications(
  { id, active }: Release,
  environments: Iterable<string>,
  cause: Cause,
  note: string,
): ReleaseEvent<never>[] {
  return [...environments].flatMap((environment) => {
    const previousVersion = active.get(environment);
    if (previousVersion === undefined) return [];
    return [{ type: "Unpublished", data: { id, previousVersion, environment, cause, note } } as const];
  });
}
