import { createHash, randomUUID } from "node:crypto";
import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import { appStream, slugOfStream } from "../../src/apps/app.events";
import { APP_STATE_VERSION } from "../../src/apps/app.state";
import { schemaVersionOf } from "../../src/apps/schemaVersions";
import { upcast } from "../../src/apps/upcasters";
import type { UserLists } from "../../src/delivery/rulesetSource";
import { createCommandHandler } from "../../src/eventstore/commandHandler";
import type { Outcome } from "../../src/eventstore/commands";
import type { EventStore } from "../../src/eventstore/eventStore";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import { memorySnapshots } from "../../src/eventstore/snapshots";
import { makeId } from "../../src/lib/ids";

export const SHOP = "shop";

/** An app on a log in memory, with a clock that is set by hand. */
export function openShop(store: EventStore = createMemoryEventStore()) {
  const clock = { nowMs: Date.UTC(2026, 0, 1, 12) };
  const apps = createCommandHandler({
    store,
    decider: appDecider,
    stateVersion: APP_STATE_VERSION,
    snapshots: memorySnapshots(),
    now: () => new Date(clock.nowMs),
    upcast,
    schemaVersionOf,
    newIdOf: (stream, prefix, rest) => makeId(prefix, slugOfStream(stream), rest),
  });
  const lists = new Map<string, ReadonlySet<string>>();

  const send = (command: AppCommand, app = SHOP): Promise<Outcome> =>
    apps.handle(appStream(app), command, {
      commandId: randomUUID(),
      actor: "anna",
      may: () => true,
      secretHash: "0".repeat(64),
    });

  return {
    store,
    apps,
    clock,
    send,
    /** Sends what must be accepted, and gives the new thing's id. */
    async done(command: AppCommand, prefix = "config"): Promise<string> {
      const outcome = await send(command);
      if (outcome.outcome === "refused") throw new Error(JSON.stringify(outcome.reasons));
      return outcome.newId(prefix);
    },
    /** A list of user ids as conditions refer to it. */
    listOf(...ids: string[]) {
      const list = createHash("sha256").update(ids.join()).digest("hex");
      lists.set(list, new Set(ids));
      return { list, count: ids.length };
    },
    loadUserLists: async (_app: string, hashes: readonly string[]): Promise<UserLists> =>
      new Map(hashes.map((hash) => [hash, lists.get(hash) ?? new Set<string>()])),
  };
}

export type Shop = ReturnType<typeof openShop>;

export const createShop: AppCommand = { type: "CreateApp", data: { slug: SHOP, name: "Shop" } };
export const createKey = (name: string, defaultValue: number): AppCommand => ({
  type: "CreateKey",
  data: { name, type: "INTEGER", defaultValue },
});
