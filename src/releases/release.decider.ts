import { archive, restore, type ArchiveOrRestore } from "./archive.decider";
import { endScheduled, startScheduled, type Due } from "./due.decider";
import { publish, unpublish, type Publish, type Unpublish } from "./publication.decider";
import { versionEntry, type Release } from "./release.state";
import { hasVersion, type ReleaseDecision, type ReleaseRules } from "./releaseRules.policy";
import {
  cancelSchedule,
  findSchedule,
  reschedule,
  schedule,
  type NewSchedule,
  type Reschedule,
} from "./schedule.decider";
import { create, edit, type Create, type Edit } from "./version.decider";
import type { Circumstances, Command, ContentReference } from "../lib/decider";

/** What can be asked of a release. A slice names each in its own words: `Publish` of a config is `PublishConfig`. */
export type ReleaseCommand<Draft> =
  | Command<"Create", Create<Draft>>
  | Command<"Edit", Edit<Draft>>
  | Command<"Publish", Publish>
  | Command<"Unpublish", Unpublish>
  | Command<"Schedule", NewSchedule>
  | Command<"Reschedule", Reschedule>
  | Command<"CancelScheduledPublication", { scheduleId: string; note?: string | undefined }>
  /** The scheduler's own. */
  | Command<"StartScheduledPublication" | "EndScheduledPublication", Due>
  | Command<"Archive" | "Restore", ArchiveOrRestore>;

/** Decides over releases of one kind; `rules` says everything that is special about the kind. */
export function createReleaseDecider<Content, Draft, State>(rules: ReleaseRules<Content, Draft, State>) {
  return {
    /** The one version whose content the decision turns on. */
    needs(command: ReleaseCommand<Draft>, state: State): readonly ContentReference[] {
      const found = neededVersion(rules, command, state);
      if (!found || !hasVersion(found.release, found.version)) return [];
      return [{ revision: versionEntry(found.release, found.version).revision }];
    },

    decide(
      { type, data }: ReleaseCommand<Draft>,
      state: State,
      circumstances: Circumstances,
    ): ReleaseDecision<Content> {
      switch (type) {
        case "Create":
          return create(rules, data, state, circumstances);
        case "Edit":
          return edit(rules, data, state, circumstances);
        case "Publish":
          return publish(rules, data, state, circumstances);
        case "Unpublish":
          return unpublish(rules, data, state, circumstances);
        case "Schedule":
          return schedule(rules, data, state, circumstances);
        case "Reschedule":
          return reschedule(rules, data, state, circumstances);
        case "CancelScheduledPublication":
          return cancelSchedule(rules, data, state);
        case "StartScheduledPublication":
          return startScheduled(rules, data, state, circumstances);
        case "EndScheduledPublication":
          return endScheduled(rules, data, state, circumstances);
        case "Archive":
          return archive(rules, data, state);
        case "Restore":
          return restore(rules, data, state, circumstances);
      }
    },
  };
}

type NeededVersion = { release: Release; version: number } | null;

function neededVersion<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { type, data }: ReleaseCommand<Draft>,
  state: State,
): NeededVersion {
  const versionOf = (id: string, version: number | "latest"): NeededVersion => {
    const release = rules.releases(state).get(id);
    return release ? { release, version: version === "latest" ? release.versions.length : version } : null;
  };
  switch (type) {
    case "Create":
    case "Unpublish":
    case "CancelScheduledPublication":
    case "Archive":
      return null;
    case "Edit":
    case "Restore":
      return versionOf(data.id, "latest");
    case "Publish":
    case "Schedule":
      return versionOf(data.id, data.version);
    case "Reschedule":
    case "StartScheduledPublication": {
      const found = findSchedule(rules, data.scheduleId, state);
      return found && { release: found.release, version: found.schedule.version };
    }
    case "EndScheduledPublication": {
      const found = findSchedule(rules, data.scheduleId, state);
      const fallback = found?.schedule.fallback ?? null;
      return found && fallback !== null ? { release: found.release, version: fallback } : null;
    }
  }
}
