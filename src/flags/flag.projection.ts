import { isFlagEvent, isFlagSwitchEvent, type FlagSwitchEvent } from "./flag.events";
import { flagSwitchTable, type Disabled } from "./flag.tables";
import type { EventMeta, RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { Rows } from "../projections/projection";
import type { EntityDocument, SliceProjection } from "../projections/sliceProjection";
import { releaseProjection } from "../releases/release.projection";
import { releaseTable } from "../releases/release.tables";
import { releaseDocument } from "../releases/releaseDocument";

const KIND = "Flag";
const releases = releaseProjection({ kind: KIND, subjectOf: ({ key }) => ({ key: key ?? null }) });

/** Keeps flags as all releases are kept, and beside them where they are switched off. */
export const flagProjection: SliceProjection = {
  tables: [...releases.tables, flagSwitchTable],

  reads(recorded) {
    const id = flagIn(recorded);
    if (id === null) return [];
    const ofSwitch = { table: flagSwitchTable, key: [id] };
    if (switchEvent(recorded)) return [{ table: releaseTable, key: [id] }, ofSwitch];
    // A new flag is switched off nowhere.
    return [{ ...ofSwitch, isMade: recorded.type === "FlagCreated" }, ...releases.reads(recorded)];
  },

  apply(recorded, rows) {
    const event = switchEvent(recorded);
    if (event) applySwitch(event, recorded.meta, rows);
    else releases.apply(recorded, rows);
  },

  document(recorded, rows) {
    const id = flagIn(recorded);
    if (id === null) return null;
    const event = switchEvent(recorded);
    const shown = event ? switchedFlag(event, rows) : releases.document(recorded, rows);
    if (!shown?.document) return shown;
    return { ...shown, document: { ...shown.document, disabledIn: { ...disabledIn(id, rows) } } };
  },
};

/** The flag that an event is about; null for an event of another slice. */
function flagIn({ type, data }: RecordedEvent): string | null {
  // Events come from the log, where only deciders write them; each of a flag names it.
  return isFlagEvent({ type }) ? (data as { id: string }).id : null;
}

function switchEvent({ type, data }: RecordedEvent): FlagSwitchEvent | null {
  return isFlagSwitchEvent({ type }) ? ({ type, data } as FlagSwitchEvent) : null;
}

function applySwitch({ type, data }: FlagSwitchEvent, meta: EventMeta, rows: Rows): void {
  const { id, environment, note } = data;
  const flag = rows.get(releaseTable, [id]);
  invariant(flag, `the stream changes "${id}" before it creates it`);
  const others = Object.entries(disabledIn(id, rows)).filter(([name]) => name !== environment);
  const disabled: Disabled = { disabledAt: meta.recordedAt, disabledBy: meta.actor, note };
  const entries = type === "FlagDisabled" ? [...others, [environment, disabled] as const] : others;
  rows.put(flagSwitchTable, { flag_id: id, disabled_in: Object.fromEntries(entries) });
  rows.put(releaseTable, { ...flag, updated_at: meta.recordedAt, updated_by: meta.actor });
}

function disabledIn(id: string, rows: Rows): Readonly<Record<string, Disabled>> {
  return rows.get(flagSwitchTable, [id])?.disabled_in ?? {};
}

function switchedFlag({ data: { id, environment } }: FlagSwitchEvent, rows: Rows): EntityDocument {
  const row = rows.get(releaseTable, [id]);
  return { kind: KIND, id, environment, document: row ? releaseDocument(row) : null };
}
