import { randomUUID } from "node:crypto";
import { isObjectType, type GraphQLSchema } from "graphql";
import { appOf, argumentsIn, type Arguments } from "./mayDo";
import { OPERATIONS } from "./operations";
import type { Context } from "../graphql/context";
import { formatError } from "../graphql/formatError";
import { timedCommand, type CommandOutcome } from "../lib/commandLog";
import { invariant } from "../lib/invariant";

/** Logs how every mutation ends, those that are refused before they reach their resolver included. */
export function logged(schema: GraphQLSchema): GraphQLSchema {
  const mutation = schema.getType("Mutation");
  invariant(isObjectType(mutation), "the schema has mutations");
  for (const field of Object.values(mutation.getFields())) {
    const { name, resolve } = field;
    const operation = OPERATIONS.Mutation[name];
    invariant(resolve && operation, `the mutation "${name}" is guarded`);
    field.resolve = async (source, given: Arguments, context: Context, info): Promise<unknown> => {
      const asked = withCommandId(given);
      const { commandId, validateOnly } = argumentsIn(asked);
      const ended = timedCommand(context.server.logCommand, {
        requestId: context.requestId,
        actor: context.actor.id,
        commandId: String(commandId),
        command: `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
        app: appOf(operation, asked),
        isValidation: validateOnly === true,
      });
      try {
        const payload: unknown = await resolve(source, asked, context, info);
        const codes = codesIn(payload);
        ended({ outcome: codes.length === 0 ? "ACCEPTED" : "REFUSED", codes });
        return payload;
      } catch (error) {
        ended(thrown(error));
        throw error;
      }
    };
  }
  return schema;
}

/** With the id that its events will have, so that the log's lines and they are found by each other. */
function withCommandId(given: Arguments): Arguments {
  const input = argumentsIn(given);
  return { ...given, input: { ...input, commandId: input["commandId"] ?? randomUUID() } };
}

function codesIn(payload: unknown): readonly string[] {
  const { errors } = payload as { errors: readonly { code: string }[] };
  return errors.map(({ code }) => code);
}

/** What is thrown is told to callers by its code; where that is ours to mend, the command was neither done nor refused. */
function thrown(error: unknown): { outcome: CommandOutcome; codes: readonly string[] } {
  const code = String(formatError(error, () => undefined).extensions?.["code"]);
  return { outcome: OURS.has(code) ? "FAILED" : "REFUSED", codes: [code] };
}

const OURS: ReadonlySet<string> = new Set(["INTERNAL", "UNAVAILABLE"]);
