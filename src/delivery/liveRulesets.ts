import { behindMs, follow, freshRound, newLiveApp, stopFollowing } from "./liveApp";
import type { LiveApp, LiveAppShell } from "./liveApp";
import { outlineOf } from "./outline";
import { createWatchers } from "./rulesetWatchers";
import { sourceOf, type Loading } from "./rulesetSource";
import type { Rulesets } from "./rulesets";
import { appStream } from "../apps/app.events";
import type { AppState } from "../apps/app.state";
import { compile, type Ruleset } from "../evaluation/compile";
import type { CommandHandler } from "../eventstore/commands";
import type { EventStore, Wake } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import { recentlyUsed, type RecentlyUsed } from "../lib/recentlyUsed";

/** Apps whose rulesets stay in memory. */
export const LIVE_APPS_MAX = 200;
/** Compiled rulesets of past moments, over all apps. */
export const PAST_RULESETS_MAX = 20;

export type RulesetsOptions = Readonly<{
  apps: Pick<CommandHandler<AppState, never>, "state" | "stateAt" | "content">;
  store: Pick<EventStore, "onAppended">;
  loadUserLists: Loading["loadUserLists"];
  /** Told of what went wrong with nobody waiting. */
  report?: (error: unknown) => void;
  liveAppsMax?: number;
}>;

/** Keeps compiled rulesets in memory, and lets them follow what this or any other server appends. */
export function createRulesets(options: RulesetsOptions): Rulesets {
  const { apps, store, loadUserLists, report = () => undefined } = options;
  const watchers = createWatchers();
  const shell: LiveAppShell = {
    state: (stream) => apps.state(stream),
    content: (stream, revision) => apps.content(stream, revision),
    loadUserLists,
    report,
    changed: watchers.tell,
  };
  const lives = recentlyUsed<string, LiveApp>(
    options.liveAppsMax ?? LIVE_APPS_MAX,
    () => 1,
    (live) => live.round === null && live.retry === null && !watchers.has(live.app),
  );
  const past = recentlyUsed<string, Ruleset>(PAST_RULESETS_MAX);
  const stopListening = store.onAppended((wake) => followAll(shell, lives, wake));

  const peek: Rulesets["peek"] = (app, environment) => lives.get(app)?.rulesets.get(environment);
  return {
    peek,
    current: async (app, environment) =>
      peek(app, environment) ?? (await loadRuleset(shell, lives, app, environment)),
    asOf: (...moment) => pastRuleset(options, past, ...moment),
    watch: watchers.add,
    async refreshed(app, revision) {
      const live = lives.get(app);
      // What is not in memory is read to the end of the stream when it is asked for.
      if (!live?.outline) return;
      if (live.round !== null && live.outline.revision < revision) await live.round.catch(() => undefined);
      if (live.outline.revision < revision) await freshRound(shell, live);
      invariant(live.outline.revision >= revision, `the rulesets of "${app}" stay behind their stream`);
    },
    status() {
      const all = [...lives.entries()].map(([, live]) => behindMs(live));
      return { apps: all.length, behindMs: Math.max(0, ...all) };
    },
    async close() {
      stopListening();
      const all = [...lives.entries()].map(([, live]) => live);
      all.forEach(stopFollowing);
      await Promise.allSettled(all.map(async ({ round }) => round));
      all.forEach(stopFollowing);
    },
  };
}

async function loadRuleset(
  shell: LiveAppShell,
  lives: RecentlyUsed<string, LiveApp>,
  app: string,
  environment: string,
): Promise<Ruleset | null> {
  const live = lives.get(app) ?? newLiveApp(app);
  for (let attempt = 1; attempt <= LOAD_ATTEMPTS_MAX; attempt += 1) {
    live.wanted.add(environment);
    const round = freshRound(shell, live);
    // Kept from the start, so that those who ask meanwhile share the round.
    lives.set(app, live);
    await round.finally(() => forgetIfNothing(lives, live));
    const ruleset = live.rulesets.get(environment);
    if (ruleset) return ruleset;
    if (!live.outline?.published.has(environment)) return null;
    // It came to be between an earlier round, which crossed it off, and this one.
  }
  throw new Error(`Invariant broken: the ruleset of "${app}" in "${environment}" is not made.`);
}

const LOAD_ATTEMPTS_MAX = 3;

/** Apps that do not exist, or could not be read, are not kept: there is no end of names. */
function forgetIfNothing(lives: RecentlyUsed<string, LiveApp>, live: LiveApp): void {
  if (live.outline !== null) return;
  stopFollowing(live);
  if (lives.get(live.app) === live) lives.delete(live.app);
}

function followAll(shell: LiveAppShell, lives: RecentlyUsed<string, LiveApp>, { streams }: Wake): void {
  for (const [app, live] of lives.entries()) {
    if (live.outline !== null && (streams?.includes(appStream(app)) ?? true)) follow(shell, live);
  }
}

async function pastRuleset(
  { apps, loadUserLists }: RulesetsOptions,
  past: RecentlyUsed<string, Ruleset>,
  ...[app, environment, moment]: Parameters<Rulesets["asOf"]>
): Promise<Ruleset | null> {
  const stream = appStream(app);
  const folded = await apps.stateAt(stream, moment);
  const outline = folded && outlineOf(folded);
  if (!outline?.published.has(environment)) return null;
  const id = JSON.stringify([app, environment, outline.revision]);
  const known = past.get(id);
  if (known) return known;
  const content = (at: string, revision: number) => apps.content(at, revision);
  const ruleset = compile(await sourceOf(outline, environment, stream, { content, loadUserLists }));
  past.set(id, ruleset);
  return ruleset;
}
