import type { NewApp } from "./app.policy";
import { ADMIN_TOKEN_ID, type InstanceEvent } from "./instance.events";
import { decideToken, isTokenCommand, notFound, type TokenCommand } from "../access/token.decider";
import { isTokenEvent } from "../access/token.events";
import { evolveTokens, isUsable, type Tokens } from "../access/token.state";
import {
  accept,
  refuse,
  type Circumstances,
  type Command,
  type Decider,
  type Decision,
} from "../lib/decider";
import type { Refusal } from "../lib/refusal";

export type InstanceCommand =
  Command<"RegisterApp", NewApp> | Command<"IssueAdminToken", AdminTokenSecret> | TokenCommand;

type AdminTokenSecret = { tokenId: string; hash: string };

export type InstanceState = {
  /** By slug. */
  readonly apps: Map<string, { name: string }>;
  /** The one that came with the server, or that was made in its stead. */
  adminToken: (AdminTokenSecret & { isRevoked: boolean }) | null;
  /** Of secrets that were revoked while they were the admin token's: a server's settings may still name one. */
  readonly revokedAdminHashes: Set<string>;
  /** Of all apps; the admin token is none of them. */
  readonly tokens: Tokens;
};

export const INSTANCE_STATE_VERSION = 2;
export const APPS_MAX = 10_000;

export const instanceDecider: Decider<InstanceState, InstanceCommand, InstanceEvent> = {
  initialState: () => ({
    apps: new Map(),
    adminToken: null,
    revokedAdminHashes: new Set(),
    tokens: new Map(),
  }),

  evolve(state, event) {
    if (isTokenEvent(event)) {
      if (event.data.id !== ADMIN_TOKEN_ID) evolveTokens(state.tokens, event);
      else if (state.adminToken) revokeAdminToken(state, state.adminToken);
      return state;
    }
    switch (event.type) {
      case "AppRegistered":
        state.apps.set(event.data.slug, { name: event.data.name });
        return state;
      case "AdminTokenIssued":
        state.adminToken = { ...event.data, isRevoked: false };
        return state;
      case "EventSkipped":
        return state;
    }
  },

  decide(command, state, circumstances) {
    if (isTokenCommand(command)) return changeToken(command, state, circumstances);
    switch (command.type) {
      case "RegisterApp":
        return registerApp(command.data, state);
      case "IssueAdminToken":
        return issueAdminToken(command.data, state);
    }
  },
};

function revokeAdminToken(state: InstanceState, { tokenId, hash }: AdminTokenSecret): void {
  state.adminToken = { tokenId, hash, isRevoked: true };
  state.revokedAdminHashes.add(hash);
}

function changeToken(
  command: TokenCommand,
  state: InstanceState,
  circumstances: Circumstances,
): Decision<InstanceEvent> {
  if (command.type !== "CreateToken" && command.data.tokenId === ADMIN_TOKEN_ID) {
    return changeAdminToken(command, state, circumstances);
  }
  const decision = decideToken(command, { tokens: state.tokens, environments: null }, circumstances);
  const isRevoking = command.type === "RevokeToken" && decision.outcome === "accepted";
  return isRevoking && isLastAdmin(command.data.tokenId, state, circumstances) ? refuse(lastAdmin) : decision;
}

function changeAdminToken(
  { type, data: { note } }: Exclude<TokenCommand, { type: "CreateToken" }>,
  state: InstanceState,
  circumstances: Circumstances,
): Decision<InstanceEvent> {
  if (!state.adminToken) return refuse(notFound(ADMIN_TOKEN_ID));
  if (type === "RotateToken") return refuse(madeAnew);
  if (state.adminToken.isRevoked) return accept();
  if (isLastAdmin(ADMIN_TOKEN_ID, state, circumstances)) return refuse(lastAdmin);
  return accept({ type: "TokenRevoked", data: { id: ADMIN_TOKEN_ID, note } });
}

/** Only tokens that will not expire count, since time would take the last one away with nobody to refuse it. */
function isLastAdmin(tokenId: string, { adminToken, tokens }: InstanceState, { at }: Circumstances): boolean {
  const admins = [...tokens.values()]
    .filter((token) => token.role === "ADMIN" && token.expiresAt === null && isUsable(token, at))
    .map(({ id }) => id);
  if (adminToken?.isRevoked === false) admins.push(ADMIN_TOKEN_ID);
  return admins.length === 1 && admins[0] === tokenId;
}

const lastAdmin: Refusal = {
  code: "WRONG_STATE",
  message:
    "This is the last ADMIN of all apps that does not expire, and nobody could make another one without it. " +
    "Create one first, for all apps and without expiresAt.",
  path: ["tokenId"],
};

const revokedForEver: Refusal = {
  code: "WRONG_STATE",
  message: "This admin token was revoked, and stays so; choose another one.",
  path: [],
};

const madeAnew: Refusal = {
  code: "WRONG_STATE",
  message: "The admin token is replaced by `npm run admin-token`, or by the setting ADMIN_TOKEN.",
  path: ["tokenId"],
};

function issueAdminToken(
  secret: AdminTokenSecret,
  { adminToken, revokedAdminHashes }: InstanceState,
): Decision<InstanceEvent> {
  if (revokedAdminHashes.has(secret.hash)) return refuse(revokedForEver);
  const isIssued = adminToken?.tokenId === secret.tokenId && adminToken.hash === secret.hash;
  return isIssued ? accept() : accept({ type: "AdminTokenIssued", data: secret });
}

function registerApp(
  { slug, name, note = "", copiedFrom }: NewApp,
  { apps }: InstanceState,
): Decision<InstanceEvent> {
  if (apps.has(slug)) return refuse(taken(slug));
  if (apps.size >= APPS_MAX) {
    return refuse({
      code: "LIMIT_REACHED",
      message: `This server holds at most ${APPS_MAX} apps.`,
      path: ["slug"],
    });
  }
  return accept({ type: "AppRegistered", data: { slug, name, note, copiedFrom: copiedFrom ?? null } });
}

function taken(slug: string): Refusal {
  return {
    code: "TAKEN",
    message: `There is an app "${slug}" already; choose another slug.`,
    path: ["slug"],
  };
}
