import { randomUUID } from "node:crypto";
import { EventStoreDBClient, jsonEvent, streamNameFilter } from "@eventstore/db-client";
import { createKurrentdbEventStore } from "../src/eventstore/kurrentdb";
import { NO_STREAM, type EventStore } from "../src/eventstore/eventStore";
import { addressOf } from "../test/support/kurrentdb/address";
import { startDouble } from "../test/support/kurrentdb/double";

const IN_FLIGHT = [1, 16, 64] as const;
const MEASURE_MS = 1_500;
const ROUNDS = 3;
const DATA = { name: "iPhone users in New York", condition: { device: "iPhone", city: "New York" } };

/**
 * Appends per second through the port to KurrentDB's double, beside the bare client's own append, of the same kind: one call
 * for each, and a subscription that brings them. Both share this process with the double, so trust the ratios.
 */
export async function runKurrentdbBench(): Promise<void> {
  const double = await startDouble();
  const store = createKurrentdbEventStore({ address: addressOf(double.url) });
  // As in the server, where projections listen.
  store.onAppended(() => undefined);
  const bare = EventStoreDBClient.connectionString(double.url.replace("kurrentdb:", "esdb:"));
  // Whoever keeps read models has one. It is told of the bare client's appends alone, as the port is of its own.
  const filter = streamNameFilter({ prefixes: ["bare-"], checkpointInterval: 1_000 });
  const listening = bare.subscribeToAll({ filter }).on("data", () => undefined);
  listening.on("error", () => undefined);
  for (const inFlight of IN_FLIGHT) {
    const rates: Record<"bare" | "port", number[]> = { bare: [], port: [] };
    for (let round = 0; round < ROUNDS; round++) {
      rates.bare.push(await perSecond(inFlight, bareAppends(bare)));
      rates.port.push(await perSecond(inFlight, portAppends(store)));
    }
    const [bareRate, portRate] = [median(rates.bare), median(rates.port)];
    const added = Math.round(100 * (bareRate / portRate - 1));
    console.log(
      `  ${String(inFlight).padStart(2)} in flight: bare client ${Math.round(bareRate)}/s, port ${Math.round(portRate)}/s, added time ${added} %`,
    );
  }
  await store.close();
  await bare.dispose();
  await double.stop();
}

type Append = (client: number) => Promise<unknown>;

/** With credentials, which are not sent without TLS, the client appends by the call that the port uses. */
function bareAppends(client: EventStoreDBClient): Append {
  const run = randomUUID();
  const revisions = new Map<number, bigint>();
  return async (index) => {
    const commandId = randomUUID();
    const event = jsonEvent({
      type: "SegmentCreated",
      data: DATA,
      metadata: { ...metaOf(commandId), schemaVersion: "1" },
    });
    const { nextExpectedRevision } = await client.appendToStream(`bare-${run}-${index}`, event, {
      expectedRevision: revisions.get(index) ?? "no_stream",
      credentials: { username: "u", password: "p" },
      requiresLeader: true,
    });
    revisions.set(index, nextExpectedRevision);
  };
}

function portAppends(store: EventStore): Append {
  const run = randomUUID();
  const revisions = new Map<number, number>();
  return async (index) => {
    const commandId = randomUUID();
    const result = await store.append({
      stream: `app-${run}-${index}`,
      expectedRevision: revisions.get(index) ?? NO_STREAM,
      commandId,
      events: [{ type: "SegmentCreated", schemaVersion: 1, data: DATA }],
      meta: metaOf(commandId),
    });
    if (result.outcome !== "appended")
      throw new Error(`An append that nothing can conflict with: ${result.outcome}.`);
    revisions.set(index, result.revision);
  };
}

function metaOf(commandId: string) {
  return { actor: "admin", commandId, recordedAt: new Date().toISOString(), fingerprint: "5f2d8c1e" };
}

async function perSecond(inFlight: number, append: Append): Promise<number> {
  const start = performance.now();
  let done = 0;
  const client = async (_: unknown, index: number): Promise<void> => {
    while (performance.now() - start < MEASURE_MS) {
      await append(index);
      done++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, client));
  return (1_000 * done) / (performance.now() - start);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
