import { randomUUID } from "node:crypto";
import type {
  Append,
  AppendResult,
  EventStore,
  NewEvent,
  Position,
  RecordedEvent,
} from "../../src/eventstore/eventStore";
import { START } from "../../src/eventstore/eventStore";

export const AT = "2026-01-05T10:00:00.000Z";

/** A stream that no other test uses. */
export const newStream = (prefix = "app-"): string => `${prefix}${randomUUID()}`;

export function appendOf(stream: string, expectedRevision: number, overrides: Partial<Append> = {}): Append {
  const commandId = overrides.commandId ?? randomUUID();
  return {
    stream,
    expectedRevision,
    commandId,
    events: [noted(1)],
    meta: { actor: "admin", commandId, recordedAt: AT, fingerprint: "f" },
    ...overrides,
  };
}

export const noted = (data: unknown): NewEvent => ({ type: "Noted", schemaVersion: 1, data });

export const many = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, index) => noted({ index }));

/** The result of an append that must succeed. */
export function succeeded(result: AppendResult): { revision: number; position: Position } {
  if (result.outcome === "conflict") throw new Error(`A conflict at revision ${result.actualRevision}.`);
  return result;
}

/** The whole log, read page by page. */
export async function readLog(store: EventStore, after = START, limit = 1_000): Promise<RecordedEvent[]> {
  const log: RecordedEvent[] = [];
  for (;;) {
    const page = await store.readAll(log.at(-1)?.position ?? after, limit);
    if (page.length === 0) return log;
    log.push(...page);
  }
}
