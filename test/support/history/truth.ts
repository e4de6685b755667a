import type { LoggedEvent } from "./history";
import type { Site } from "./site";
import { until } from "../until";
import { upcast } from "../../../src/apps/upcasters";
import { START, type EventStore, type RecordedEvent } from "../../../src/eventstore/eventStore";
import { numberOf } from "../../../src/eventstore/position";
import { verifyEvents } from "../../../src/eventstore/verifyEvents";
import { openParts, PROJECTIONS, type Parts } from "../../../src/parts";
import { readCheckpoint } from "../../../src/projections/checkpoint";
import { compareWithLog } from "../../../src/projections/compareWithLog";
import { MODELS_SCHEMA } from "../../../src/projections/runner";

/** What stands in the log and in the read models, read past the network and beside all servers. */
export type Truth = Readonly<{
  /** The events of a stream up to that of an operation. @throws if that is not there. */
  eventsUpTo: (stream: string, operation: string) => Promise<readonly RecordedEvent[]>;
  /** All in which the log is not what any log must be, or a read model not what the log says; in words. */
  faultsOfWhole: () => Promise<string[]>;
  close: () => Promise<void>;
}>;

const PAGE = 500;
const PROJECTED_MS_MAX = 30_000;

export async function openTruth({ database, log }: Site): Promise<Truth> {
  const options = { url: database.url, connectionsMax: 3, log: log.direct(), now: () => new Date() };
  const parts = await openParts({ ...options, report: () => undefined });
  return {
    eventsUpTo: (stream, operation) => eventsUpTo(parts.store, stream, operation),
    faultsOfWhole: () => faultsOfWhole(parts, log.kind === "postgres"),
    close: () => parts.close(),
  };
}

export const logged = ({ id, stream, revision, position, meta }: RecordedEvent): LoggedEvent => ({
  ...{ id, stream, revision, position },
  operation: meta.commandId,
});

async function eventsUpTo(
  store: EventStore,
  stream: string,
  operation: string,
): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.readStream(stream, events.length, PAGE);
    events.push(...page);
    if (page.length < PAGE) break;
  }
  const last = events.findLastIndex(({ meta }) => meta.commandId === operation);
  if (last === -1) throw new Error(`Operation ${operation} was acknowledged last, and is not in ${stream}.`);
  return events.slice(0, last + 1);
}

async function faultsOfWhole({ store, database }: Parts, hasNoGaps: boolean): Promise<string[]> {
  const { faults } = await verifyEvents({ store, upcast, numberOf: hasNoGaps ? numberOf : null });
  const found = [...faults, ...(await streamsOtherwise(store))];
  if (found.length > 0) return found;
  const head = await store.head();
  for (const projection of PROJECTIONS) {
    const isProjected = async (): Promise<boolean> =>
      (await readCheckpoint(database, projection.name)).position >= head;
    await until(`${projection.name} has come to the end`, isProjected, PROJECTED_MS_MAX).catch(
      (error: unknown) => void found.push(String(error)),
    );
    const compared = await compareWithLog({ store, database, projection, schema: MODELS_SCHEMA, upcast });
    if (compared.failure !== null) found.push(`${projection.name} stands still: ${compared.failure}`);
    for (const { table, missing, extra, example } of compared.differences) {
      found.push(`${table} lacks ${missing} rows and has ${extra} that the log does not say, as ${example}`);
    }
  }
  return found;
}

/** Whoever reads a stream must be given what stands of it in the log. */
async function streamsOtherwise(store: EventStore): Promise<string[]> {
  const inLog = new Map<string, string[]>();
  let after = START;
  for (;;) {
    const page = await store.readAll(after, PAGE);
    for (const { id, stream } of page) inLog.set(stream, [...(inLog.get(stream) ?? []), id]);
    after = page.at(-1)?.position ?? after;
    if (page.length < PAGE) break;
  }
  const found: string[] = [];
  for (const [stream, ids] of inLog) {
    let place = 0;
    for (let page; (page = await store.readStream(stream, place, PAGE)).length > 0;) {
      for (const { id } of page) {
        if (place < ids.length && ids[place] !== id)
          found.push(`${stream} has ${id} at ${place}, and the log another`);
        place += 1;
      }
    }
    if (place < ids.length) found.push(`${stream} has ${place} events, and the log ${ids.length} of it`);
  }
  return found;
}
