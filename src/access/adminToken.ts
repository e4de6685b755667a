import { randomBytes, randomUUID } from "node:crypto";
import { ADMIN } from "./admin";
import { hashOfToken } from "./tokenHash";
import type { InstanceCommand, InstanceState } from "../apps/instance.decider";
import { INSTANCE_STREAM } from "../apps/instance.events";
import type { CommandHandler } from "../eventstore/commands";
import { invariant } from "../lib/invariant";

export const ADMIN_TOKEN_PREFIX = "pe_admin_";
export const ADMIN_TOKEN_BYTES = 32;

type Instance = CommandHandler<InstanceState, InstanceCommand>;

/**
 * Makes sure that there is an admin token: the one of the settings if they name one, else the one that was made
 * before, else a new one. Returns a new one, to be printed this once, and null otherwise.
 */
export async function ensureAdminToken(instance: Instance, given: string | null): Promise<string | null> {
  const { state, revision } = await instance.state(INSTANCE_STREAM);
  if (given !== null) {
    if (state.adminToken?.hash !== hashOfToken(given)) await issue(instance, given, randomUUID());
    return null;
  }
  if (state.adminToken) return null;
  // Two servers that start at once send the same command id, so the first one's token counts and the other prints none.
  const token = newToken();
  await issue(instance, token, `first-admin-token-${revision}`);
  const issued = await instance.state(INSTANCE_STREAM);
  return issued.state.adminToken?.hash === hashOfToken(token) ? token : null;
}

/** Makes a new admin token; the old one ends within seconds. */
export async function replaceAdminToken(instance: Instance): Promise<string> {
  const token = newToken();
  await issue(instance, token, randomUUID());
  return token;
}

function newToken(): string {
  return `${ADMIN_TOKEN_PREFIX}${randomBytes(ADMIN_TOKEN_BYTES).toString("base64url")}`;
}

async function issue(instance: Instance, token: string, commandId: string): Promise<void> {
  const data = { tokenId: `token_${randomBytes(8).toString("hex")}`, hash: hashOfToken(token) };
  const outcome = await instance.handle(
    INSTANCE_STREAM,
    { type: "IssueAdminToken", data },
    { commandId, actor: ADMIN.id, rights: ADMIN.rights },
  );
  const wasFirst = outcome.outcome === "accepted" || outcome.reasons[0]?.code === "COMMAND_ID_REUSED";
  invariant(wasFirst, "nothing but another server's first token refuses one");
}
