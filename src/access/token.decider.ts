import type { TokenEvent } from "./token.events";
import { isUsable, type Token, type Tokens } from "./token.state";
import { checkToken, type NewToken, type TokenScope } from "./tokenForm.policy";
import { accept, refuse, type Circumstances, type Command, type Decision } from "../lib/decider";
import { invariant } from "../lib/invariant";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";

export type TokenCommand =
  | Command<"CreateToken", NewToken>
  | Command<"RotateToken", { tokenId: string; overlapSeconds: number; note: string }>
  | Command<"RevokeToken", { tokenId: string; note: string }>;

/** Of an app, and of all apps: those that are not revoked. */
export const TOKENS_MAX = 500;
export const OVERLAP_SECONDS_MAX = 7 * 24 * 60 * 60;

/** The tokens of one app, or those of all apps. */
export type TokenHolder = TokenScope & Readonly<{ tokens: Tokens }>;

const COMMANDS: ReadonlySet<string> = new Set<TokenCommand["type"]>([
  "CreateToken",
  "RotateToken",
  "RevokeToken",
]);

export function isTokenCommand(command: { type: string }): command is TokenCommand {
  return COMMANDS.has(command.type);
}

/** Decides over the tokens of an app as over those of all apps. Secrets are made outside; only their hashes come here. */
export function decideToken(
  command: TokenCommand,
  holder: TokenHolder,
  circumstances: Circumstances,
): Decision<TokenEvent> {
  if (command.type === "CreateToken") return createToken(command.data, holder, circumstances);
  const token = holder.tokens.get(command.data.tokenId);
  const reasons = [...(token ? [] : [notFound(command.data.tokenId)]), ...noteRefusals(command.data.note)];
  if (!token || reasons.length > 0) return refuse(...reasons);
  switch (command.type) {
    case "RotateToken":
      return rotateToken(token, command.data, circumstances);
    case "RevokeToken":
      return token.isRevoked
        ? accept()
        : accept({ type: "TokenRevoked", data: { id: token.id, note: command.data.note } });
  }
}

function createToken(
  given: NewToken,
  holder: TokenHolder,
  circumstances: Circumstances,
): Decision<TokenEvent> {
  const { content, reasons: faults } = checkToken(given, holder, circumstances.at);
  const reasons = [...faults, ...takenRefusals(content.name, holder), ...tooManyRefusals(holder)];
  if (reasons.length > 0) return refuse(...reasons);
  const id = circumstances.newId(TOKEN_ID_PREFIX);
  const data = { id, ...content, hash: hashIn(circumstances), note: given.note };
  return accept({ type: "TokenCreated", data });
}

/** A token's opaque id starts with it. */
export const TOKEN_ID_PREFIX = "token";

function rotateToken(
  token: Token,
  { overlapSeconds, note }: { overlapSeconds: number; note: string },
  circumstances: Circumstances,
): Decision<TokenEvent> {
  const { at } = circumstances;
  const isInBounds = Number.isInteger(overlapSeconds) && overlapSeconds >= 0;
  if (!isInBounds || overlapSeconds > OVERLAP_SECONDS_MAX) {
    const message = `The old secret can count for 0 to ${OVERLAP_SECONDS_MAX} seconds longer, which are 7 days.`;
    return refuse({ code: "INVALID", message, path: ["overlapSeconds"] });
  }
  if (!isUsable(token, at)) {
    const state = token.isRevoked ? "revoked" : "expired";
    const message = `The token "${token.name}" is ${state}; create another one.`;
    return refuse({ code: "WRONG_STATE", message, path: ["tokenId"] });
  }
  const previousEndsAt = new Date(Date.parse(at) + overlapSeconds * 1_000).toISOString();
  return accept({
    type: "TokenRotated",
    data: { id: token.id, hash: hashIn(circumstances), previousEndsAt, note },
  });
}

function hashIn({ secretHash }: Circumstances): string {
  invariant(secretHash !== null, "who asks for a token has made its secret");
  return secretHash;
}

function takenRefusals(name: string, { tokens }: TokenHolder): readonly Refusal[] {
  for (const token of tokens.values()) {
    if (token.isRevoked || token.name !== name) continue;
    const message = `There is a token "${name}" already; choose another name, or revoke that one.`;
    return [{ code: "TAKEN", message, path: ["name"] }];
  }
  return [];
}

function tooManyRefusals({ tokens, environments }: TokenHolder): readonly Refusal[] {
  let usable = 0;
  for (const { isRevoked } of tokens.values()) if (!isRevoked) usable += 1;
  if (usable < TOKENS_MAX) return [];
  const whose = environments === null ? "All apps together have" : "An app has";
  const message = `${whose} at most ${TOKENS_MAX} tokens that are not revoked; revoke one first.`;
  return [{ code: "LIMIT_REACHED", message, path: [] }];
}

export function notFound(tokenId: string): Refusal {
  // The id may be anything of any length.
  return {
    code: "NOT_FOUND",
    message: `There is no token "${tokenId.slice(0, 200)}"; check its id.`,
    path: ["tokenId"],
  };
}
