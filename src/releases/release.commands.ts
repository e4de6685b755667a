import type { ArchiveOrRestore } from "./archive.decider";
import type { Due } from "./due.decider";
import type { Publish, Unpublish } from "./publication.decider";
import type { EndDuePreview, EndPreview, StartPreview } from "./preview.decider";
import type { NewSchedule, Reschedule } from "./schedule.decider";
import type { Create, Edit } from "./version.decider";
import type { Command } from "../lib/decider";

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

export const RELEASE_COMMANDS: readonly ReleaseCommand<unknown>["type"][] = [
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
