import { setTimeout as sleep } from "node:timers/promises";
import { faultsAt, killInTurns, strike, type Fault } from "./faults";
import { startKurrentdbLog } from "./kurrentdbLog";
import { randomOf, type Random } from "./random";
import { runRound, type RoundResult } from "./round";
import { openSite, POSTGRES_LOG, type Site } from "./site";
import type { EventStore } from "../../../src/eventstore/eventStore";
import { openEventStore, type LogChoice } from "../../../src/eventstore/openEventStore";
import { createDatabase } from "../../../src/postgres/pool";

export type StoreKind = LogChoice["kind"];

export type CheckOptions = Readonly<{
  store: StoreKind;
  seed: string;
  rounds: number;
  /** What goes wrong in the rounds; if it is not said, each fault has its turn, and chance adds others. */
  faults?: readonly (readonly Fault[])[];
  /** Told of each round when it is over. */
  say: (line: string) => void;
}>;

/** Rounds on one site; then it is made anew, so that the log that each round reads whole does not grow for ever. */
const ROUNDS_PER_SITE = 20;
const API_WRITERS = 4;
const PORT_WRITERS = 2;
const FAULTS_MAX = 2;
/** How long it goes well before, between and after faults. */
const CALM_MS_MAX = 500;

/** Runs that many rounds, with one or two faults in each. Answers all that contradicts. */
export async function checkHistories({
  store,
  seed,
  rounds,
  say,
  ...options
}: CheckOptions): Promise<string[]> {
  const found: string[] = [];
  for (let first = 0; first < rounds; first += ROUNDS_PER_SITE) {
    await withSite(store, async (site, stores) => {
      for (let round = first; round < Math.min(rounds, first + ROUNDS_PER_SITE); round++) {
        const random = randomOf(`${seed}/${store}/${round}`);
        const faults = options.faults?.[round] ?? faultsFor(site, round, random);
        const began = performance.now();
        const result = await runRound({
          ...{ site, stores, slug: `round-${round}`, random, apiWriters: API_WRITERS },
          trouble: () => strikeAll(site, faults, random),
        });
        say(
          `${store} ${round + 1}/${rounds}: ${faults.join(", then ")}: ${summary(result, performance.now() - began)}`,
        );
        found.push(...reported(result, `${store} ${round + 1}`, say));
      }
    });
  }
  return found;
}

/** One long round, in which servers are killed in turns. */
export async function checkUnderKills({
  store,
  seed,
  say,
  minutes,
  killEverySeconds,
}: Omit<CheckOptions, "rounds"> & Readonly<{ minutes: number; killEverySeconds: number }>): Promise<
  string[]
> {
  const found: string[] = [];
  await withSite(store, async (site, stores) => {
    const began = performance.now();
    const isOver = (): boolean => performance.now() - began > minutes * 60_000;
    let kills = 0;
    const result = await runRound({
      ...{ site, stores, slug: "killed", random: randomOf(seed), apiWriters: API_WRITERS },
      trouble: async () => void (kills = await killInTurns(site, killEverySeconds * 1_000, isOver)),
    });
    say(`${store}: a server was killed ${kills} times: ${summary(result, performance.now() - began)}`);
    found.push(...reported(result, store, say));
  });
  return found;
}

/** Each has its turn, and now and then another one follows. */
function faultsFor(site: Site, round: number, random: Random): readonly Fault[] {
  const all = faultsAt(site);
  const inTurn = all[round % all.length];
  const [first, ...rest] = all;
  const others = Array.from({ length: random.between(0, FAULTS_MAX - 1) }, () =>
    first ? random.pick([first, ...rest]) : null,
  );
  return [inTurn, ...others].flatMap((fault) => fault ?? []);
}

async function strikeAll(site: Site, faults: readonly Fault[], random: Random): Promise<void> {
  for (const fault of faults) {
    await sleep(random.between(100, CALM_MS_MAX));
    await strike(fault, site, random);
  }
  await sleep(random.between(100, CALM_MS_MAX));
}

async function withSite(
  store: StoreKind,
  use: (site: Site, stores: readonly EventStore[]) => Promise<void>,
): Promise<void> {
  const log = store === "kurrentdb" ? await startKurrentdbLog() : POSTGRES_LOG;
  const site = await openSite(log);
  const database = createDatabase(site.portUrl, { connectionsMax: 3 });
  const stores: EventStore[] = [];
  try {
    for (let number = 0; number < PORT_WRITERS; number++) {
      stores.push(await openEventStore(log.throughNetwork, { database, url: site.portUrl }));
    }
    await use(site, stores);
  } finally {
    for (const { proxy } of site.networks) proxy.setMode("pass");
    await Promise.all(stores.map((one) => one.close()));
    await database.close();
    await site.close();
  }
}

function summary({ operations, events, followers, losses }: RoundResult, ms: number): string {
  const { ok, refused, unknown } = operations;
  return (
    `${ok} done, ${refused} refused, ${unknown} unknown; ${events} events, seen by ${followers} followers ` +
    `who lost ${losses} connections; ${(ms / 1000).toFixed(1)} s`
  );
}

function reported({ faults }: RoundResult, where: string, say: (line: string) => void): string[] {
  for (const fault of faults) say(`  CONTRADICTION ${fault}`);
  return faults.map((fault) => `${where}: ${fault}`);
}
