import { archive, restore, type ArchiveOrRestore } from "./archive.decider";
import { endScheduled, startScheduled, type Due } from "./due.decider";
import { publish, unpublish, type Publish, type Unpublish } from "./publication.decider";
import {
  endDuePreview,
  endPreview,
  findPreview,
  startPreview,
  type EndDuePreview,
  type EndPreview,
  type StartPreview,
} from "./preview.decider";
import type { Named, ReleaseEvent } from "./release.events";
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
import type { Circumstances, Command, ContentReference, Decision } from "../lib/decider";

/** What can be asked of a release. A slice names each in its own words: `Publish` of a config is `PublishConfig`. */
export type ReleaseCommand<Draft> =
  | Command<"Create", Create<Draft>>
  | Command<"Edit", Edit<Draft>>
  | Command<"Publish", Publish>
  | Command<"Unpublish", Unpublish>
  | Command<"Schedule", NewSchedule>
  | Command<"Preview", StartPreview>
  | Command<"Archive" | "Restore", ArchiveOrRestore>;

/** Names only the scheduled publication, whatever it publishes. */
export type ScheduledPublicationCommand =
  | Command<"RescheduleScheduledPublication", Reschedule>
  | Command<"CancelScheduledPublication", { scheduleId: string; note?: string | undefined }>
  /** The scheduler's own. */
  | Command<"StartScheduledPublication" | "EndScheduledPublication", Due>;

/** Names only the preview, whatever is previewed. */
export type PreviewCommand =
  | Command<"EndPreview", EndPreview>
  /** The scheduler's own. */
  | Command<"EndDuePreview", EndDuePreview>;

/** What names neither a release nor its kind, but what belongs to one. */
export type KindlessCommand = ScheduledPublicationCommand | PreviewCommand;

/** `NamedCommand<"Config", ReleaseCommand<D>>` is CreateConfig | EditConfig | PublishConfig | … */
export type NamedCommand<Kind extends string, C extends Command<string, unknown>> =
  C extends Command<infer Type, infer Data> ? Command<`${Type}${Kind}`, Data> : never;

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
      return named(rules.kind, decide(rules, unnamed(command), state, circumstances));
    },
  };
}

const RELEASE_COMMANDS: readonly ReleaseCommand<unknown>["type"][] = [
  "Create",
  "Edit",
  "Publish",
  "Unpublish",
  "Schedule",
  "Preview",
  "Archive",
  "Restore",
];

export function isKindlessCommand(command: { type: string }): command is KindlessCommand {
  return KINDLESS_COMMANDS.has(command.type);
}

const KINDLESS_COMMANDS: ReadonlySet<string> = new Set<KindlessCommand["type"]>([
  "RescheduleScheduledPublication",
  "CancelScheduledPublication",
  "StartScheduledPublication",
  "EndScheduledPublication",
  "EndPreview",
  "EndDuePreview",
]);

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
  decision: ReleaseDecision<Content>,
): Decision<Named<Kind, ReleaseEvent<Content>>> {
  if (decision.outcome === "refused") return decision;
  // Each name with its prefix is an event of the kind, which is what `Named` says; the compiler cannot follow.
  const events = decision.events.map(({ type, data }) => ({ type: `${kind}${type}`, data }));
  return { outcome: "accepted", events: events as unknown as Named<Kind, ReleaseEvent<Content>>[] };
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
