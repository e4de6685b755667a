import type { Ruleset } from "../evaluation/compile";
import type { Answer, Reason } from "../evaluation/model";
import { canonicalJson } from "../lib/canonicalJson";

/** An answer as it is counted: what somebody got, and from where. */
export type Outcome = Readonly<{
  app: string;
  environment: string;
  /** The key's name. */
  key: string;
  /** The config or flag that the key is published in, also of a default; null if it is in none. */
  source: string | null;
  version: number | null;
  segment: string | null;
  reason: Reason;
  /** Canonical JSON; null: one of those beyond the bound of different values. */
  value: string | null;
}>;

/** How often an outcome was delivered in the hour that begins at `hourMs`. */
export type Delivered = Readonly<{ outcome: Outcome; hourMs: number; count: number }>;

/** What an answer of the ruleset counts as. */
export function outcomeOf({ source: { app, environment, publications } }: Ruleset, answer: Answer): Outcome {
  const { key, reason, rule, source, version, value } = answer;
  // A default that a published config leaves users with is one that it delivers.
  const from = source
    ? { id: source.id, version }
    : publications.find((publication) => publication.keys.includes(key));
  return {
    ...{ app, environment, key, reason },
    source: from?.id ?? null,
    version: from?.version ?? null,
    segment: rule?.segmentId ?? null,
    value: canonicalJson(value),
  };
}
