import { randomBytes, randomUUID } from "node:crypto";
import { ADMIN_TOKEN_PREFIX, hashOfSecret, newSecret } from "./secret";
import type { InstanceCommand, InstanceState } from "../apps/instance.decider";
import { INSTANCE_STREAM } from "../apps/instance.events";
import type { CommandHandler } from "../eventstore/commands";
import { invariant } from "../lib/invariant";
import type { Logger } from "../lib/logger";

/** What stands in events as the one who did something with the admin token. */
export const ADMIN_ACTOR = "admin";

type Instance = CommandHandler<InstanceState, InstanceCommand>;

/**
 * Makes sure that there was an admin token: the one of the settings if they name one, else the one that was made before,
 * else a new one. Returns a new one, to be printed this once, and null otherwise. One that was revoked stays revoked.
 */
export async function ensureAdminToken(
  instance: Instance,
  given: string | null,
  { warn }: Pick<Logger, "warn">,
): Promise<string | null> {
  const { state, revision } = await instance.state(INSTANCE_STREAM);
  if (given !== null) {
    const hash = hashOfSecret(given);
    if (state.revokedAdminHashes.has(hash)) warn(REVOKED);
    else if (state.adminToken?.hash !== hash) await issue(instance, given, randomUUID());
    return null;
  }
  if (state.adminToken) return null;
  // Two servers that start at once send the same command id, so the first one's token counts and the other prints none.
  const token = newSecret(ADMIN_TOKEN_PREFIX);
  await issue(instance, token, `first-admin-token-${revision}`);
  const issued = await instance.state(INSTANCE_STREAM);
  return issued.state.adminToken?.hash === hashOfSecret(token) ? token : null;
}

const REVOKED = "ADMIN_TOKEN names a token that was revoked, and stays so: set another one, or none.";

/** Makes a new admin token; the old one ends within a second. */
export async function replaceAdminToken(instance: Instance): Promise<string> {
  const token = newSecret(ADMIN_TOKEN_PREFIX);
  await issue(instance, token, randomUUID());
  return token;
}

async function issue(instance: Instance, token: string, commandId: string): Promise<void> {
  const data = { tokenId: `token_${randomBytes(8).toString("hex")}`, hash: hashOfSecret(token) };
  const outcome = await instance.handle(
    INSTANCE_STREAM,
    { type: "IssueAdminToken", data },
    { commandId, actor: ADMIN_ACTOR, may: () => true },
  );
  const wasFirst = outcome.outcome === "accepted" || outcome.reasons[0]?.code === "COMMAND_ID_REUSED";
  invariant(wasFirst, "nothing but another server's first token refuses one");
}
