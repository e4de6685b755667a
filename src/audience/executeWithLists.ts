import { saveUserLists } from "./userLists";
import type { AppCommand } from "../apps/app.decider";
import type { Context } from "../graphql/context";
import { execute, type CommandOptions, type Executed } from "../graphql/execute";

/**
 * Does what a command asks that names lists of user ids by their hashes. Lists are stored before the command is appended, so
 * no event names a list that is not there; and only after it was decided once without them, so a refused command leaves none
 * behind.
 */
export async function executeWithLists(
  context: Context,
  app: string,
  command: AppCommand,
  lists: readonly (readonly string[])[],
  options: CommandOptions,
): Promise<Executed> {
  if (lists.length > 0) {
    const decided = await execute(context, app, command, { ...options, validateOnly: true });
    if (!decided.isDone || options.validateOnly === true) return decided;
    await saveUserLists(context.server.database, app, lists);
  }
  return execute(context, app, command, options);
}
