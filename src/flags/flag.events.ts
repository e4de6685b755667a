import type { Event } from "../lib/decider";
import type { Named, ReleaseEvent } from "../releases/release.events";
import type { Rule } from "../releases/rule.events";

/** What those get whom the rule takes. */
export type FlagRule = Rule & Readonly<{ value: boolean }>;

/** What a version of a flag holds. Rules stand in priority order. */
export type FlagContent = Readonly<{ key: string; rules: readonly FlagRule[] }>;

/** FlagCreated, FlagEdited, FlagPublished … Names and shapes are the stored format: change them only by adding. */
export type FlagReleaseEvent = Named<"Flag", ReleaseEvent<FlagContent>>;

/** The kill switch: of one environment, and apart from versions. */
export type FlagSwitchEvent =
  | Event<"FlagDisabled", { id: string; environment: string; note: string }>
  | Event<"FlagEnabled", { id: string; environment: string; note: string }>;

export type FlagEvent = FlagReleaseEvent | FlagSwitchEvent;

export function isFlagEvent(event: { type: string }): event is FlagEvent {
  return event.type.startsWith("Flag");
}

export function isFlagSwitchEvent(event: { type: string }): event is FlagSwitchEvent {
  return event.type === "FlagDisabled" || event.type === "FlagEnabled";
}
