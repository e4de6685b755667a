import { archive, restore } from "./archive.decider";
import { endScheduled, startScheduled } from "./due.decider";
import { publish, unpublish } from "./publication.decider";
import { endDuePreview, endPreview, findPreview, startPreview } from "./preview.decider";
import {
  RELEASE_COMMANDS,
  type KindlessCommand,
  type NamedCommand,
  type ReleaseCommand,
} from "./release.commands";
import type { Named, ReleaseEvent } from "./release.events";
import { versionEntry, type Release } from "./release.state";
import { hasVersion, type ReleaseDecision, type ReleaseRules } from "./releaseRules.policy";
import { releaseWarnings } from "./releaseWarnings.policy";
import { cancelSchedule, findSchedule, reschedule, schedule } from "./schedule.decider";
import { create, edit } from "./version.decider";
import { withWarnings, type Circumstances, type ContentReference, type Decision } from "../lib/decider";

/** Decides over releases of one kind; `rules` says everything that is special about the kind. */
export function createReleaseDecider<Kind extends string, Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State> & { readonly kind: Kind },
) {
  type OwnCommand = NamedCommand<Kind, ReleaseCommand<Draft>>;
  type AnyCommand = OwnCommand | KindlessCommand;
  const types: ReadonlySet<string> = new Set(RELEASE_COMMANDS.map((type) => `${type}${rules.kind}`));
  const isOwnCommand = (command: { type: string }): command is OwnCommand => types.has(command.type);
  // Without the kind's name it is a command of a release, which is what `NamedCommand` says; the compiler cannot follow.
  const unnamed = (command: AnyCommand) =>
    (isOwnCommand(command)
      ? { type: command.type.slice(0, -rules.kind.length), data: command.data }
      : command) as ReleaseCommand<Draft> | KindlessCommand;

  return {
    isCommand: isOwnCommand,

    /** Whether what the command names belongs to one of these releases. */
    isOfKind: ({ data }: KindlessCommand, state: State): boolean =>
      ("previewId" in data
        ? findPreview(rules, data.previewId, state)
        : findSchedule(rules, data.scheduleId, state)) !== null,

    /** The one version whose content the decision turns on. */
    needs(command: AnyCommand, state: State): readonly ContentReference[] {
      const found = neededVersion(rules, unnamed(command), state);
      if (!found || !hasVersion(found.release, found.version)) return [];
      return [{ revision: versionEntry(found.release, found.version).revision }];
    },

    decide(
      command: AnyCommand,
      state: State,
      circumstances: Circumstances,
    ): Decision<Named<Kind, ReleaseEvent<Content>>> {
      const own = unnamed(command);
      const decision = decide(rules, own, state, circumstances);
      if (decision.outcome === "refused") return decision;
      const warnings = releaseWarnings(rules, own, decision.events, state, circumstances);
      return withWarnings(named(rules.kind, decision.events), warnings);
    },
  };
}

function decide<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { type, data }: ReleaseCommand<Draft> | KindlessCommand,
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
    case "RescheduleScheduledPublication":
      return reschedule(rules, data, state, circumstances);
    case "CancelScheduledPublication":
      return cancelSchedule(rules, data, state);
    case "StartScheduledPublication":
      return startScheduled(rules, data, state, circumstances);
    case "EndScheduledPublication":
      return endScheduled(rules, data, state, circumstances);
    case "Preview":
      return startPreview(rules, data, state, circumstances);
    case "EndPreview":
      return endPreview(rules, data, state, circumstances);
    case "EndDuePreview":
      return endDuePreview(rules, data, state, circumstances);
    case "Archive":
      return archive(rules, data, state, circumstances);
    case "Restore":
      return restore(rules, data, state, circumstances);
  }
}

function named<Kind extends string, Content>(
  kind: Kind,
  events: readonly ReleaseEvent<Content>[],
): Decision<Named<Kind, ReleaseEvent<Content>>> {
  // Each name with its prefix is an event of the kind, which is what `Named` says; the compiler cannot follow.
  const named = events.map(({ type, data }) => ({ type: `${kind}${type}`, data }));
  return { outcome: "accepted", events: named as unknown as Named<Kind, ReleaseEvent<Content>>[] };
}

type NeededVersion = { release: Release; version: number } | null;

function neededVersion<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { type, data }: ReleaseCommand<Draft> | KindlessCommand,
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
    case "EndPreview":
    case "EndDuePreview":
    case "Archive":
      return null;
    case "Edit":
    case "Restore":
      return versionOf(data.id, "latest");
    case "Publish":
    case "Schedule":
    case "Preview":
      return versionOf(data.id, data.version);
    case "RescheduleScheduledPublication":
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
