import type { Ruleset } from "../evaluation/compile";

/** The compiled rulesets that this server answers from. */
export interface Rulesets {
  /** The present ruleset; in memory after the first call for an app. Null if there is no such app or environment. */
  current(app: string, environment: string): Promise<Ruleset | null>;
  /** The present ruleset if it is in memory, without a promise. */
  peek(app: string, environment: string): Ruleset | undefined;
  /** The ruleset right after a revision, or at an instant (ISO 8601). Null if there was no such app or environment then. */
  asOf(
    app: string,
    environment: string,
    moment: Readonly<{ revision: number }> | Readonly<{ time: string }>,
  ): Promise<Ruleset | null>;
  /** Calls `listener` with each next ruleset that says something else; the app stays in memory meanwhile. Returns how to stop. */
  watch(app: string, environment: string, listener: (ruleset: Ruleset) => void): () => void;
  /** Resolves when `current` answers from the app's stream at `revision` or later. */
  refreshed(app: string, revision: number): Promise<void>;
  /** How many apps are in memory, and for how long the one furthest behind has lacked changes that this server knows of. */
  status(): Readonly<{ apps: number; behindMs: number }>;
  close(): Promise<void>;
}
