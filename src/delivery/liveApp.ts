import { isSameIn, outlineOf, type Outline } from "./outline";
import { sourceOf, type Loading } from "./rulesetSource";
import { appStream } from "../apps/app.events";
import type { AppState } from "../apps/app.state";
import { compile, type Ruleset } from "../evaluation/compile";
import type { Folded } from "../eventstore/commands";

/** An app whose rulesets are kept in memory and follow its stream. */
export type LiveApp = {
  readonly app: string;
  /** What the rulesets were made of; null before the first round, and if there is no such app. */
  outline: Outline | null;
  /** Of the environments that somebody asked for. */
  rulesets: ReadonlyMap<string, Ruleset>;
  readonly wanted: Set<string>;
  /** The round under way. */
  round: Promise<void> | null;
  /** Whether something may have been appended since the round under way began. */
  isBehind: boolean;
  /** Since when on a monotonic clock: of what came after the round under way began, and of what that is to bring. */
  behindSinceMs: number | null;
  lackingSinceMs: number | null;
  failures: number;
  retry: NodeJS.Timeout | null;
};

export type LiveAppShell = Loading &
  Readonly<{
    state: (stream: string) => Promise<Folded<AppState>>;
    /** Told of rounds that failed with nobody waiting. */
    report: (error: unknown) => void;
    /** Told of each ruleset that says something else than the one before it. */
    changed: (ruleset: Ruleset) => void;
  }>;

const RETRY_DELAY_MIN_MS = 100;
const RETRY_DELAY_MAX_MS = 5_000;

export function newLiveApp(app: string): LiveApp {
  return {
    app,
    outline: null,
    rulesets: new Map(),
    wanted: new Set(),
    round: null,
    isBehind: false,
    behindSinceMs: null,
    lackingSinceMs: null,
    failures: 0,
    retry: null,
  };
}

/** Reads the app's stream to its end and brings the rulesets there. Those who ask during a round share the next one. */
export async function freshRound(shell: LiveAppShell, live: LiveApp): Promise<void> {
  // The one under way may have read before what the caller knows of.
  await live.round?.catch(() => undefined);
  await (live.round ?? startRound(shell, live));
}

/** Lets the rulesets follow what was appended, with nobody waiting; tries again until it succeeds. */
export function follow(shell: LiveAppShell, live: LiveApp): void {
  if (!live.isBehind) live.behindSinceMs = performance.now();
  live.isBehind = true;
  if (live.round === null && live.retry === null) startRound(shell, live).catch(shell.report);
}

/** For how long it has lacked changes that were heard of; 0 if it has all of them. */
export function behindMs({ isBehind, behindSinceMs, lackingSinceMs }: LiveApp): number {
  const sinceMs = lackingSinceMs ?? (isBehind ? behindSinceMs : null);
  return sinceMs === null ? 0 : performance.now() - sinceMs;
}

export function stopFollowing(live: LiveApp): void {
  if (live.retry) clearTimeout(live.retry);
  live.retry = null;
  live.isBehind = false;
}

function startRound(shell: LiveAppShell, live: LiveApp): Promise<void> {
  if (live.isBehind) live.lackingSinceMs ??= live.behindSinceMs;
  live.isBehind = false;
  const round = runRound(shell, live).then(
    () => endRound(shell, live, true),
    (error: unknown) => {
      endRound(shell, live, false);
      throw error;
    },
  );
  live.round = round;
  return round;
}

function endRound(shell: LiveAppShell, live: LiveApp, isSuccess: boolean): void {
  live.round = null;
  live.failures = isSuccess ? 0 : live.failures + 1;
  if (isSuccess) live.lackingSinceMs = null;
  if (isSuccess && live.isBehind) follow(shell, live);
  if (isSuccess || live.retry !== null) return;
  // Meanwhile the last rulesets go on answering.
  const delayMs = Math.min(RETRY_DELAY_MAX_MS, RETRY_DELAY_MIN_MS * 2 ** (live.failures - 1));
  live.retry = setTimeout(() => {
    live.retry = null;
    follow(shell, live);
  }, delayMs).unref();
}

async function runRound(shell: LiveAppShell, live: LiveApp): Promise<void> {
  const stream = appStream(live.app);
  const outline = outlineOf(await shell.state(stream));
  if (outline === null) return;
  const rulesets = new Map<string, Ruleset>();
  for (const environment of live.wanted) {
    if (outline.published.has(environment)) {
      rulesets.set(environment, await rulesetOf(shell, live, outline, environment));
    } else {
      live.wanted.delete(environment);
    }
  }
  // All in one go, so that nobody is answered by one environment of before and another of after.
  const before = live.rulesets;
  live.outline = outline;
  live.rulesets = rulesets;
  for (const [environment, ruleset] of rulesets) {
    if (before.get(environment)?.planOf !== ruleset.planOf) shell.changed(ruleset);
  }
}

async function rulesetOf(
  shell: LiveAppShell,
  live: LiveApp,
  outline: Outline,
  environment: string,
): Promise<Ruleset> {
  const previous = live.rulesets.get(environment);
  if (previous && live.outline && isSameIn(environment, live.outline, outline)) {
    return { ...previous, source: { ...previous.source, revision: outline.revision } };
  }
  const known = previous?.source.userLists;
  return compile(await sourceOf(outline, environment, appStream(live.app), shell, known));
}
