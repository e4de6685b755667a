import { EventEmitter } from "node:events";

/** An event in the double's log. */
export type DoubleEvent = Readonly<{
  id: string;
  stream: string;
  revision: number;
  position: bigint;
  type: string;
  contentType: string;
  data: Uint8Array;
  metadata: Uint8Array;
  createdAtMs: number;
}>;

export type Proposed = Pick<DoubleEvent, "id" | "type" | "contentType" | "data" | "metadata">;

export type Expected = number | "none" | "any" | "exists";

export type Written =
  | Readonly<{ kind: "written" | "repeated"; last: DoubleEvent }>
  | Readonly<{ kind: "wrong"; revision: number }>;

/** What the nodes of a double share: one log, in which events of all streams stand at positions with holes between them. */
export interface DoubleLog {
  readonly events: readonly DoubleEvent[];
  ofStream(stream: string): readonly DoubleEvent[] | undefined;
  append(stream: string, expected: Expected, proposed: readonly Proposed[]): Written;
  /** Somebody else's, or whatever a test wants to stand there. */
  put(stream: string, event: Partial<Proposed>): DoubleEvent;
  onCommitted(listener: () => void): () => void;
}

/** The first of its positions has so many digits that they grow while tests run. */
const FIRST_POSITION = 9_000n;

export function createDoubleLog({ hasNeighbours = false } = {}): DoubleLog {
  const events: DoubleEvent[] = [];
  const streams = new Map<string, DoubleEvent[]>();
  const bus = new EventEmitter().setMaxListeners(0);
  let end = FIRST_POSITION;

  function write(stream: string, proposed: readonly Proposed[]): void {
    const ofStream = streams.get(stream) ?? [];
    streams.set(stream, ofStream);
    for (const one of proposed) {
      const event = { ...one, stream, revision: ofStream.length, position: end, createdAtMs: Date.now() };
      end += BigInt(100 + one.data.length + one.metadata.length);
      ofStream.push(event);
      events.push(event);
    }
  }

  const log: DoubleLog = {
    events,
    ofStream: (stream) => streams.get(stream),
    append(stream, expected, proposed) {
      const revision = (streams.get(stream)?.length ?? 0) - 1;
      const earlier = repeatOf(streams.get(stream) ?? [], expected, proposed);
      if (earlier) return { kind: "repeated", last: earlier };
      if (!fits(expected, revision)) return { kind: "wrong", revision };
      write(stream, proposed);
      if (hasNeighbours) write("orders-1", [foreign({})]);
      const last = streams.get(stream)?.at(-1);
      if (!last) throw new Error("An append without events.");
      bus.emit("committed");
      return { kind: "written", last };
    },
    put(stream, event) {
      write(stream, [foreign(event)]);
      bus.emit("committed");
      const last = events.at(-1);
      if (!last) throw new Error("It was written just now.");
      return last;
    },
    onCommitted(listener) {
      bus.on("committed", listener);
      return () => void bus.off("committed", listener);
    },
  };
  return log;
}

let foreignCount = 0;

function foreign(event: Partial<Proposed>): Proposed {
  foreignCount += 1;
  return {
    id: `00000000-0000-4000-8000-${String(foreignCount).padStart(12, "0")}`,
    type: "OrderPlaced",
    contentType: "application/json",
    data: Buffer.from("{ no JSON"),
    metadata: new Uint8Array(),
    ...event,
  };
}

function fits(expected: Expected, revision: number): boolean {
  if (expected === "any") return true;
  if (expected === "exists") return revision >= 0;
  return revision === (expected === "none" ? -1 : expected);
}

/** KurrentDB takes an append for a repeat if the same ids stand where it would have written them, all of them. */
function repeatOf(
  ofStream: readonly DoubleEvent[],
  expected: Expected,
  proposed: readonly Proposed[],
): DoubleEvent | undefined {
  if (expected === "any" || expected === "exists") return undefined;
  const first = expected === "none" ? 0 : expected + 1;
  const isThere = proposed.every(({ id }, index) => ofStream[first + index]?.id === id);
  return isThere ? ofStream[first + proposed.length - 1] : undefined;
}
