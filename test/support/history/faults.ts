import { setTimeout as sleep } from "node:timers/promises";
import type { ProxyMode } from "../tcpProxy";
import type { Random } from "./random";
import type { Site } from "./site";

/** Goes wrong for a while. Resolves when it is over, which is not yet when all have got over it. */
type Strike = (site: Site, random: Random) => Promise<void>;

const DOWN_MS_MAX = 1_000;

const FAULTS = {
  "a server is killed": (site, random) =>
    random.pick(site.servers).killAndStart(random.between(0, DOWN_MS_MAX)),
  async "PostgreSQL is stopped immediately"({ database }, random) {
    await database.stopImmediately();
    await sleep(random.between(500, 1_500));
  },
  "connections are cut": failingNetwork("cut", 600),
  "a network delays": failingNetwork("delay", 2_000),
  "a network breaks in the middle of messages": failingNetwork("halve", 600),
  "a network is a black hole": failingNetwork("blackHole", 5_000),
  async "another node leads"({ log }, random) {
    for (let change = random.between(1, 3); change > 0; change--) {
      log.changeLeader?.();
      await sleep(random.between(50, 700));
    }
  },
} satisfies Record<string, Strike>;

export type Fault = keyof typeof FAULTS;

export function strike(fault: Fault, site: Site, random: Random): Promise<void> {
  return FAULTS[fault](site, random);
}

/** All that can go wrong at a site. */
export function faultsAt({ log }: Pick<Site, "log">): readonly Fault[] {
  const all = Object.keys(FAULTS) as Fault[];
  return all.filter((fault) => log.changeLeader !== null || fault !== "another node leads");
}

/** One network fails, or all at once. */
function failingNetwork(mode: ProxyMode, msMax: number): Strike {
  return async ({ networks }, random) => {
    const failing = random.chance(0.3) ? networks : [random.pick(networks)];
    for (const { proxy } of failing) proxy.setMode(mode);
    await sleep(random.between(50, msMax));
    for (const { proxy } of failing) {
      // Half of those who were in a black hole are told when it is over, and the others find out.
      if (mode === "blackHole" && random.chance(0.5)) proxy.setMode("cut");
      proxy.setMode("pass");
    }
  };
}

/** Kills the servers in turns, one each so many seconds, until it is over. */
export async function killInTurns(site: Site, everyMs: number, isOver: () => boolean): Promise<number> {
  let kills = 0;
  let nextAtMs = performance.now() + everyMs;
  while (!isOver()) {
    await sleep(50);
    if (performance.now() < nextAtMs) continue;
    nextAtMs += everyMs;
    await site.servers[kills % site.servers.length]?.killAndStart(0);
    kills += 1;
  }
  return kills;
}
