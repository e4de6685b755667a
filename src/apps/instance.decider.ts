import type { NewApp } from "./app.policy";
import type { InstanceEvent } from "./instance.events";
import { accept, refuse, type Command, type Decider } from "../lib/decider";
import type { Refusal } from "../lib/refusal";

export type InstanceCommand =
  Command<"RegisterApp", NewApp> | Command<"IssueAdminToken", { tokenId: string; hash: string }>;

export type InstanceState = {
  /** By slug. */
  readonly apps: Map<string, { name: string }>;
  adminToken: Token | null;
};

export const INSTANCE_STATE_VERSION = 1;
export const APPS_MAX = 10_000;

export const instanceDecider: Decider<InstanceState, InstanceCommand, InstanceEvent> = {
  initialState: () => ({ apps: new Map(), adminToken: null }),

  evolve(state, { type, data }) {
    switch (type) {
      case "AppRegistered":
        state.apps.set(data.slug, { name: data.name });
        return state;
      case "AdminTokenIssued":
        state.adminToken = data;
        return state;
    }
  },

  decide({ type, data }, state) {
    switch (type) {
      case "RegisterApp":
        return registerApp(data, state);
      case "IssueAdminToken":
        return issueAdminToken(data, state);
    }
  },
};

type Token = { tokenId: string; hash: string };

function issueAdminToken(token: Token, { adminToken }: InstanceState) {
  const isIssued = adminToken?.tokenId === token.tokenId && adminToken.hash === token.hash;
  return isIssued
    ? accept<InstanceEvent>()
    : accept<InstanceEvent>({ type: "AdminTokenIssued", data: token });
}

function registerApp({ slug, name, note = "" }: NewApp, { apps }: InstanceState) {
  if (apps.has(slug)) return refuse(taken(slug));
  if (apps.size >= APPS_MAX) {
    return refuse({
      code: "LIMIT_REACHED",
      message: `This server holds at most ${APPS_MAX} apps.`,
      path: ["slug"],
    });
  }
  return accept<InstanceEvent>({ type: "AppRegistered", data: { slug, name, note } });
}

function taken(slug: string): Refusal {
  return {
    code: "TAKEN",
    message: `There is an app "${slug}" already; choose another slug.`,
    path: ["slug"],
  };
}
