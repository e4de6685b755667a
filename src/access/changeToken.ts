import { scopeOfId } from "./mayDo";
import { hashOfSecret, newSecret, SECRET_PREFIXES } from "./secret";
import { TOKEN_ID_PREFIX, type TokenCommand } from "./token.decider";
import type { Token } from "./token.graphql";
import { toToken } from "./token.nodes";
import { findTokens } from "./token.queries";
import type { TokenRow } from "./token.tables";
import type { Context } from "../graphql/context";
import { execute, executeForAllApps, withoutApp, type CommandOptions } from "../graphql/execute";
import type { UserError } from "../graphql/userError";

export type TokenOutcome = {
  token: Token | null;
  secret: string | null;
  errors: readonly UserError[];
};

/** Does what a mutation asks for, in the app that it names, or for all apps. A secret is made here and leaves with the answer. */
export async function changeToken(
  context: Context,
  command: TokenCommand,
  { commandId }: CommandOptions,
  app: string | null = command.type === "CreateToken" ? null : scopeOfId(command.data.tokenId),
): Promise<TokenOutcome> {
  const secret = command.type === "RevokeToken" ? null : newSecret(await prefixFor(context, command));
  const options = { commandId, ...(secret === null ? {} : { secretHash: hashOfSecret(secret) }) };
  const executed =
    app === null
      ? await executeForAllApps(context, command, options)
      : await execute(context, app, command, options);
  if (!executed.isDone) return { token: null, secret: null, errors: inWordsOf(command, executed.errors) };
  const id = command.type === "CreateToken" ? executed.newId(TOKEN_ID_PREFIX) : command.data.tokenId;
  const row = await findToken(context, id);
  // The secret of a command that was done before is not this one, and nobody has it any more.
  const isOurs = secret !== null && row?.hash === hashOfSecret(secret);
  return { token: row ? toToken(row) : null, secret: isOurs ? secret : null, errors: [] };
}

/** Who names a token has named no app. */
function inWordsOf({ type }: TokenCommand, errors: readonly UserError[]): readonly UserError[] {
  return type === "CreateToken" ? errors : withoutApp(errors, { noun: "token", field: "tokenId" });
}

async function prefixFor(context: Context, command: TokenCommand): Promise<string> {
  if (command.type === "CreateToken") return SECRET_PREFIXES[command.data.kind];
  const row = await findToken(context, command.data.tokenId);
  // Of a token that is not there, which the decider refuses.
  return SECRET_PREFIXES[row?.kind ?? "PERSON"];
}

async function findToken({ server }: Context, id: string): Promise<TokenRow | undefined> {
  const [row] = await findTokens(server.database, [id]);
  return row;
}
