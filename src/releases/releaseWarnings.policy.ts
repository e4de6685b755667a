import type { KindlessCommand, ReleaseCommand } from "./release.commands";
import type { ReleaseEvent } from "./release.events";
import type { Release } from "./release.state";
import { contentAt, type ReleaseRules } from "./releaseRules.policy";
import { offerWarnings } from "./ruleWarnings.policy";
import { findSchedule } from "./schedule.decider";
import { extentsOver } from "../evaluation/extent";
import type { Circumstances } from "../lib/decider";
import type { Warning } from "../lib/warning";

/** What is odd about a command that is accepted: `events` come of it, over the state as it is before them. */
export function releaseWarnings<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { type, data }: ReleaseCommand<Draft> | KindlessCommand,
  events: readonly ReleaseEvent<Content>[],
  state: State,
  circumstances: Circumstances,
): readonly Warning[] {
  if (type === "Create") return savedWarnings(rules, events, state);
  if (type === "RescheduleScheduledPublication") {
    const found = findSchedule(rules, data.scheduleId, state);
    if (!found || found.schedule.hasStarted) return [];
    return versionWarnings(
      rules,
      { ...found, version: found.schedule.version, path: [] },
      state,
      circumstances,
    );
  }
  const release = "id" in data ? rules.releases(state).get(data.id) : undefined;
  if (!release) return [];
  switch (type) {
    case "Edit":
      return events.length === 0 ? [unedited(release)] : savedWarnings(rules, events, state);
    case "Publish":
    case "Schedule":
    case "Preview":
      return [
        ...(changesNothing(release, type, data) ? [activeAlready(data)] : []),
        ...versionWarnings(
          rules,
          { release, version: data.version, path: ["version"] },
          state,
          circumstances,
        ),
      ];
    case "Unpublish":
      return release.active.has(data.environment) ? [] : [notActive(data.environment)];
    case "Archive":
      return release.isArchived ? [nothingToDo(rules, "is archived already")] : stillActive(rules, release);
    case "Restore": {
      if (!release.isArchived) return [nothingToDo(rules, "is not archived")];
      const latest = { release, version: release.versions.length, path: [rules.idField] };
      return versionWarnings(rules, latest, state, circumstances);
    }
    default:
      return [];
  }
}

/** Of what was just saved, whose parts stand in the input. */
function savedWarnings<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  events: readonly ReleaseEvent<Content>[],
  state: State,
): readonly Warning[] {
  return events.flatMap(({ type, data }) =>
    type === "Created" || type === "Edited" ? contentWarnings(rules, data.content, state) : [],
  );
}

function contentWarnings<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  content: Content,
  state: State,
): readonly Warning[] {
  const segments = rules.segments(state);
  return offerWarnings(rules.offerOf(content), segments, extentsOver(segments));
}

/** Of a version that was saved before, which stands in the input as a whole. */
function versionWarnings<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { release, version, path }: { release: Release; version: number; path: readonly string[] },
  state: State,
  circumstances: Circumstances,
): readonly Warning[] {
  const content = contentAt<Content>(release, version, circumstances);
  return contentWarnings(rules, content, state).map((warning) => ({ ...warning, path }));
}

type Placed = Readonly<{ version: number; environment: string }>;

/** Something else that is scheduled may come before a schedule, and is called off by a publication by hand. */
function changesNothing(
  { active, schedules }: Release,
  type: "Publish" | "Schedule" | "Preview",
  { version, environment }: Placed,
): boolean {
  if (type === "Preview" || active.get(environment) !== version) return false;
  return ![...schedules.values()].some((schedule) => schedule.environment === environment);
}

function activeAlready({ version, environment }: Placed): Warning {
  const message = `Version ${version} is active in "${environment}" already, so nobody gets anything else by it.`;
  return { code: "NOTHING_CHANGES", message, path: ["version"] };
}

function notActive(environment: string): Warning {
  const message = `No version is active in "${environment}", so there is nothing to unpublish.`;
  return { code: "NOTHING_CHANGES", message, path: ["environment"] };
}

function unedited({ name, versions }: Release): Warning {
  const message = `Nothing would be different from version ${versions.length} of "${name}", so no version was saved.`;
  return { code: "NOTHING_CHANGES", message, path: [] };
}

function nothingToDo({ noun, idField }: { noun: string; idField: string }, how: string): Warning {
  return { code: "NOTHING_CHANGES", message: `The ${noun} ${how}.`, path: [idField] };
}

function stillActive({ idField }: { idField: string }, { active }: Release): readonly Warning[] {
  return [...active].map(([environment, version]) => ({
    code: "STILL_ACTIVE",
    message: `Version ${version} is active in "${environment}"; everybody gets the defaults there from then on.`,
    path: [idField],
  }));
}
