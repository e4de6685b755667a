/**
 * How a command came to its end, for the log: who asked for what, where, and what was said. Nothing of what it holds: no
 * value, no text and no secret, so a log may be kept where users' data may not.
 */
export type CommandLine = Readonly<{
  /** As the answer's header `x-request-id` has it; null for what no request asked for. */
  requestId: string | null;
  /** The opaque id that stands in events. */
  actor: string;
  commandId: string;
  command: string;
  /** Null: of all apps. */
  app: string | null;
  outcome: CommandOutcome;
  /** Every reason to refuse, or what went wrong; each code once. */
  codes: readonly string[];
  durationMs: number;
  /** It was only asked if it could be done. */
  isValidation: boolean;
}>;

/** FAILED: neither done nor refused, as when the database is away. */
export type CommandOutcome = "ACCEPTED" | "REFUSED" | "FAILED";

export type LogCommand = (line: CommandLine) => void;

/** What callers choose is shown only so far: it may be anything of any length. */
export const LOGGED_TEXT_LENGTH_MAX = 128;

type Asked = Omit<CommandLine, "outcome" | "codes" | "durationMs">;
type Ended = Readonly<{ outcome: CommandOutcome; codes: readonly string[] }>;

/** Times a command; what it gives back is called once, when the command has come to its end. */
export function timedCommand(log: LogCommand, asked: Asked): (ended: Ended) => void {
  const startedAtMs = performance.now();
  return ({ outcome, codes }) =>
    log({
      ...asked,
      commandId: asked.commandId.slice(0, LOGGED_TEXT_LENGTH_MAX),
      app: asked.app?.slice(0, LOGGED_TEXT_LENGTH_MAX) ?? null,
      outcome,
      codes: [...new Set(codes)],
      durationMs: Math.round((performance.now() - startedAtMs) * 100) / 100,
    });
}
