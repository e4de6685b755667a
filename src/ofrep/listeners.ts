import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import { changeIdOf } from "./changeId";
import { createWriting, type Listener } from "./listener";
import type { Rulesets } from "../delivery/rulesets";
import type { Ruleset } from "../evaluation/compile";
import type { Place } from "../audience/userKey";
import type { Stalls } from "../http/stalls";

/** Of all listeners on this server. */
export const LISTENERS_MAX = 20_000;
/** Comments keep proxies and browsers from giving up on a stream where nothing happens. */
export const HEARTBEAT_MS = 12_000;
/** Whoever connects so soon after a change may have asked for flags before it. */
export const RECENT_MS = 60_000;
const WRITES_IN_ONE_GO = 500;

type Channel = {
  readonly listeners: Set<Listener>;
  readonly stop: () => void;
  ruleset: Ruleset;
  changedAtMs: number;
};

/** Those who wait to be told that flags may have changed. */
export type Listeners = Readonly<{
  isFull: () => boolean;
  count: () => number;
  /** How many were dropped because they took nothing. */
  dropped: () => number;
  /** Tells on `raw`, whose head is written, of each change of the place; at once, if there was one after `lastId`. */
  add: (raw: ServerResponse, place: Place, ruleset: Ruleset, told: Told) => void;
  close: () => void;
}>;

export type Told = Readonly<{ lastId: string | null; endsAtMs: number }>;

type Parts = Readonly<{ rulesets: Pick<Rulesets, "watch">; stalls: Stalls; nowMs: () => number }>;

export function createListeners({ rulesets, stalls, nowMs }: Parts): Listeners {
  const channels = new Map<string, Channel>();
  let dropped = 0;
  const { write, tell } = createWriting(stalls, () => (dropped += 1));
  const count = (): number => [...channels.values()].reduce((sum, { listeners }) => sum + listeners.size, 0);
  const all = (): Listener[] => [...channels.values()].flatMap(({ listeners }) => [...listeners]);

  function open(name: string, { app, environment }: Place, ruleset: Ruleset): Channel {
    const stop = rulesets.watch(app, environment, (next) => {
      // Made anew, it may say the same.
      if (changeIdOf(next) === changeIdOf(channel.ruleset)) return;
      channel.ruleset = next;
      channel.changedAtMs = nowMs();
      void tellAll(channel, tell);
    });
    // It was not watched before, so it may have changed just now.
    const channel: Channel = { listeners: new Set(), stop, ruleset, changedAtMs: nowMs() };
    channels.set(name, channel);
    return channel;
  }
  function leave(name: string, channel: Channel, listener: Listener): void {
    channel.listeners.delete(listener);
    if (channel.listeners.size > 0 || channels.get(name) !== channel) return;
    channel.stop();
    channels.delete(name);
  }
  const heartbeat = setInterval(() => {
    for (const listener of all()) {
      if (listener.endsAtMs <= nowMs()) listener.raw.end();
      else if (!listener.raw.writableNeedDrain) write(listener, PING);
    }
  }, HEARTBEAT_MS);

  return {
    isFull: () => count() >= LISTENERS_MAX,
    count,
    dropped: () => dropped,
    add(raw, place, ruleset, { lastId, endsAtMs }) {
      const name = JSON.stringify([place.app, place.environment]);
      const channel = channels.get(name) ?? open(name, place, ruleset);
      const listener: Listener = { raw, endsAtMs, isBehind: false };
      channel.listeners.add(listener);
      raw.once("close", () => leave(name, channel, listener));
      const id = changeIdOf(channel.ruleset);
      const mayHaveMissed = lastId === null ? nowMs() - channel.changedAtMs < RECENT_MS : lastId !== id;
      write(listener, mayHaveMissed ? eventOf(channel.ruleset) : `id: ${id}\n\n`);
    },
    close() {
      clearInterval(heartbeat);
      for (const { raw } of all()) raw.end();
    },
  };
}

/** A few at a time, so that others are answered meanwhile. */
async function tellAll(channel: Channel, tell: ReturnType<typeof createWriting>["tell"]): Promise<void> {
  let told = 0;
  for (const listener of [...channel.listeners]) {
    tell(listener, () => eventOf(channel.ruleset));
    told += 1;
    if (told % WRITES_IN_ONE_GO === 0) await setImmediate();
  }
}

const PING = ":\n\n";

function eventOf(ruleset: Ruleset): string {
  const id = changeIdOf(ruleset);
  return `event: message\nid: ${id}\ndata: ${JSON.stringify({ type: "refetchEvaluation", etag: `"${id}"` })}\n\n`;
}
