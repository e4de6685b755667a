import { randomUUID } from "node:crypto";
import { EventStoreDBClient, jsonEvent, streamNameFilter } from "@eventstore/db-client";
import { createKurrentdbEventStore } from "../src/eventstore/kurrentdb";
import { NO_STREAM, type EventStore } from "../src/eventstore/eventStore";
import { addressOf } from "../test/support/kurrentdb/address";
import { startDouble } from "../test/support/kurrentdb/double";

const IN_FLIGHT = [1, 16, 64] as const;
/** Short, and one beside the other: what else runs on this machine slows both of a pair. */
const SLICE_MS = 300;
const SLICES = 16;
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
  for (const inFlight of IN_FLIGHT) await compare(inFlight, bareAppends(bare), portAppends(store));
  await store.close();
  await bare.dispose();
  await double.stop();
}

async function compare(inFlight: number, bare: Append, port: Append): Promise<void> {
  await slice(inFlight, bare);
  await slice(inFlight, port);
  const alone: Slice[] = [];
  const through: Slice[] = [];
  for (let round = 0; round < SLICES; round++) {
    alone.push(await slice(inFlight, bare));
    through.push(await slice(inFlight, port));
  }
  const [time, work] = [added(alone, through, "wallMs"), added(alone, through, "cpuMs")];
  const rates = [alone, through].map((slices) => Math.round(1_000 / quietly(slices, "wallMs")));
  console.log(
    `  ${String(inFlight).padStart(2)} in flight: bare client ${rates[0]}/s, port ${rates[1]}/s; added time ${time} %, added work ${work} %`,
  );
}

/** In percent. */
function added(alone: readonly Slice[], through: readonly Slice[], measure: keyof Slice): number {
  return Math.round(100 * (quietly(through, measure) / quietly(alone, measure) - 1));
}

/** What an append takes in the quieter slices: a quarter of them were quicker. */
function quietly(slices: readonly Slice[], measure: keyof Slice): number {
  return slices.map((one) => one[measure]).toSorted((a, b) => a - b)[Math.floor(slices.length / 4)] ?? NaN;
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

/** What one append takes. */
type Slice = Readonly<{ wallMs: number; cpuMs: number }>;

async function slice(inFlight: number, append: Append): Promise<Slice> {
  const start = performance.now();
  const before = process.cpuUsage();
  let done = 0;
  const client = async (_: unknown, index: number): Promise<void> => {
    while (performance.now() - start < SLICE_MS) {
      await append(index);
      done++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, client));
  const { user, system } = process.cpuUsage(before);
  return { wallMs: (performance.now() - start) / done, cpuMs: (user + system) / 1_000 / done };
}
