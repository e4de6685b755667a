import type { RecordedEvent } from "./eventStore";

/** Brings the data of an event from one version of its shape to the next. Pure. */
export type Upcaster = (data: unknown) => unknown;

export type EventVersions = Readonly<{
  /** The version of each event type's shape today. Types that are not here are unknown. */
  current: ReadonlyMap<string, number>;
  /** By type: the first brings version 1 to 2, the next 2 to 3. */
  upcasters: ReadonlyMap<string, readonly Upcaster[]>;
}>;

/**
 * Makes the one function that every reader of the log passes events through. Stored events are never rewritten; they are
 * seen in today's shape.
 * @throws for an event that a newer server wrote, because skipping what it says would be wrong.
 */
export function createUpcast({ current, upcasters }: EventVersions): (event: RecordedEvent) => RecordedEvent {
  return (event) => {
    const version = current.get(event.type);
    if (version === undefined || event.schemaVersion > version) throw newerEvent(event);
    if (event.schemaVersion === version) return event;
    const data = stepsFor(upcasters, event, version).reduce<unknown>(
      (older, step) => step(older),
      event.data,
    );
    return { ...event, schemaVersion: version, data };
  };
}

function stepsFor(
  upcasters: EventVersions["upcasters"],
  { type, schemaVersion }: RecordedEvent,
  version: number,
): readonly Upcaster[] {
  const steps = upcasters.get(type)?.slice(schemaVersion - 1, version - 1) ?? [];
  if (schemaVersion < 1 || steps.length !== version - schemaVersion) {
    throw new Error(`Invariant broken: nothing brings ${type} from version ${schemaVersion} to ${version}.`);
  }
  return steps;
}

function newerEvent({ type, schemaVersion, stream, revision }: RecordedEvent): Error {
  return new Error(
    `Event ${revision} of stream "${stream}" is a ${type} of version ${schemaVersion}, which this server does not know. ` +
      `A newer version of the server wrote it; run that one.`,
  );
}
