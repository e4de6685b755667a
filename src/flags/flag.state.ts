import { isFlagSwitchEvent, type FlagContent, type FlagEvent, type FlagSwitchEvent } from "./flag.events";
import { invariant } from "../lib/invariant";
import { releaseEventReader } from "../releases/release.events";
import { evolveReleases, type Releases } from "../releases/release.state";

/** Where a flag is switched off, by environment, with what was noted. */
export type DisabledIn = ReadonlyMap<string, Readonly<{ note: string }>>;

/** By the flag's id; flags that are switched off nowhere are not in it. */
export type DisabledFlags = Map<string, DisabledIn>;

/** Flags have versions like all releases. The kill switch stands apart, so that nothing that is done to versions moves it. */
export type FlagsState = { readonly flags: Releases; readonly disabledFlags: DisabledFlags };

const releaseEvent = releaseEventReader<FlagContent>("Flag");

export function evolveFlags(state: FlagsState, event: FlagEvent, facts: { revision: number }): void {
  if (isFlagSwitchEvent(event)) return evolveSwitch(state.disabledFlags, event);
  const release = releaseEvent(event);
  invariant(release, `${event.type} is an event of a flag`);
  evolveReleases(state.flags, release, facts);
}

function evolveSwitch(disabledFlags: DisabledFlags, { type, data }: FlagSwitchEvent): void {
  const { id, environment, note } = data;
  const disabledIn = new Map(disabledFlags.get(id));
  if (type === "FlagDisabled") disabledIn.set(environment, { note });
  else disabledIn.delete(environment);
  if (disabledIn.size > 0) disabledFlags.set(id, disabledIn);
  else disabledFlags.delete(id);
}
