import type { EventMeta } from "./eventStore";

/** How long a command id is remembered, counted by the times of the stream's events. */
export const COMMAND_MEMORY_MS = 7 * 24 * 60 * 60 * 1000;
/** Remembered ids per stream. The store knows older ones too, but only once something would be appended. */
export const COMMAND_MEMORY_MAX = 50_000;

export type AcceptedCommand = Readonly<{ fingerprint: string; acceptedAtMs: number }>;

/** By command id, in the order of acceptance. Part of the fold of every stream. */
export type AcceptedCommands = Map<string, AcceptedCommand>;

/** Takes in the command of an event, and lets go of those that are too old. */
export function rememberCommand(
  accepted: AcceptedCommands,
  { commandId, fingerprint, recordedAt }: EventMeta,
): void {
  const acceptedAtMs = Date.parse(recordedAt);
  if (!accepted.has(commandId)) accepted.set(commandId, { fingerprint, acceptedAtMs });
  for (const [id, oldest] of accepted) {
    const isTooOld = oldest.acceptedAtMs < acceptedAtMs - COMMAND_MEMORY_MS;
    if (!isTooOld && accepted.size <= COMMAND_MEMORY_MAX) return;
    accepted.delete(id);
  }
}
