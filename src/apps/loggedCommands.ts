import { APP_STREAM_PREFIX, slugOfStream } from "./app.events";
import type { CommandHandler } from "../eventstore/commands";
import { timedCommand, type LogCommand } from "../lib/commandLog";
import type { Command } from "../lib/decider";

/** The same handler for those who act without a request, as the scheduler; what they ask for is logged. */
export function loggedCommands<State, C extends Command<string, unknown>>(
  handler: CommandHandler<State, C>,
  log: LogCommand,
): CommandHandler<State, C> {
  return {
    ...handler,
    async handle(stream, command, envelope) {
      const app = stream.startsWith(APP_STREAM_PREFIX) ? slugOfStream(stream) : null;
      const { actor, commandId, validateOnly: isValidation = false } = envelope;
      const ended = timedCommand(log, {
        requestId: null,
        actor,
        commandId,
        command: command.type,
        app,
        isValidation,
      });
      try {
        const outcome = await handler.handle(stream, command, envelope);
        if (outcome.outcome === "accepted") ended({ outcome: "ACCEPTED", codes: [] });
        else ended({ outcome: "REFUSED", codes: outcome.reasons.map(({ code }) => code) });
        return outcome;
      } catch (error) {
        ended({ outcome: "FAILED", codes: [] });
        throw error;
      }
    },
  };
}
