import type { Labels } from "../labels/labels.policy";
import type { Event } from "../lib/decider";
import type { Refusal } from "../lib/refusal";

/** What a version points at: kept in the state for every version, while its content is not. */
export type References = Readonly<{ keys: readonly string[]; segments: readonly string[] }>;

/** Why something was published or unpublished. `dueAt` is when the schedule meant it to happen. */
export type Cause =
  | Readonly<{ kind: "BY_HAND" }>
  | Readonly<{ kind: "ARCHIVED" }>
  | Readonly<{ kind: "SCHEDULE" | "SCHEDULE_END"; scheduleId: string; dueAt: string }>;

/**
 * Why a preview ended: somebody ended it, its time was up, another one took its place, its version became active for everybody,
 * or what it is of was archived.
 */
export const PREVIEW_END_CAUSES = ["BY_HAND", "TIME_UP", "REPLACED", "PUBLISHED", "ARCHIVED"] as const;
export type PreviewEndCause = (typeof PREVIEW_END_CAUSES)[number];

/** The life that configs and flags share. A slice stores each as its own event: `Published` of a config is `ConfigPublished`. */
export type ReleaseEvent<Content> =
  | Event<"Created", VersionData<Content> & { version: 1 }>
  /** Saves the next version. */
  | Event<"Edited", VersionData<Content> & { version: number }>
  | Event<
      "Published",
      {
        id: string;
        version: number;
        previousVersion: number | null;
        environment: string;
        cause: Cause;
        note: string;
      }
    >
  | Event<
      "Unpublished",
      { id: string; previousVersion: number; environment: string; cause: Cause; note: string }
    >
  | Event<
      "Scheduled",
      {
        id: string;
        scheduleId: string;
        version: number;
        environment: string;
        startsAt: string;
        endsAt: string | null;
        note: string;
      }
    >
  /** Also revives a suspended one. */
  | Event<
      "Rescheduled",
      { id: string; scheduleId: string; startsAt: string; endsAt: string | null; note: string }
    >
  /** Before its start: it will not happen. After it: its end will not happen. */
  | Event<"ScheduleCancelled", { id: string; scheduleId: string; note: string }>
  /** It was due and could not be applied. */
  | Event<"ScheduleSuspended", { id: string; scheduleId: string; dueAt: string; reasons: readonly Refusal[] }>
  | Event<"Labelled", { id: string; note: string } & Labels>
  /** A version that is not active in the environment, for the app's test users there, until `endsAt`. */
  | Event<
      "PreviewStarted",
      { id: string; previewId: string; version: number; environment: string; endsAt: string; note: string }
    >
  | Event<
      "PreviewEnded",
      { id: string; previewId: string; environment: string; cause: PreviewEndCause; note: string }
    >
  | Event<"Archived", { id: string; note: string }>
  | Event<"Restored", { id: string; note: string }>;

/** `content` is the version, immutable; name and description are of the release as a whole. */
export type VersionData<Content> = {
  id: string;
  name: string;
  description: string;
  content: Content;
  references: References;
  note: string;
};

/** `Named<"Config", ReleaseEvent<C>>` is ConfigCreated | ConfigEdited | ConfigPublished | … */
export type Named<Kind extends string, E extends Event<string, unknown>> =
  E extends Event<infer Type, infer Data> ? Event<`${Kind}${Type}`, Data> : never;

const EVENT_TYPES: readonly ReleaseEvent<unknown>["type"][] = [
  "Created",
  "Edited",
  "Published",
  "Unpublished",
  "Scheduled",
  "Rescheduled",
  "ScheduleCancelled",
  "ScheduleSuspended",
  "Labelled",
  "PreviewStarted",
  "PreviewEnded",
  "Archived",
  "Restored",
];

/** Reads the events of one kind in the words that releases share; null for every other event. */
export function releaseEventReader<Content>(kind: string) {
  const types = new Map<string, string>(EVENT_TYPES.map((type) => [`${kind}${type}`, type]));
  return ({ type, data }: { type: string; data: unknown }): ReleaseEvent<Content> | null => {
    const known = types.get(type);
    // Events come from the log, where only deciders write them.
    return known === undefined ? null : ({ type: known, data } as ReleaseEvent<Content>);
  };
}
