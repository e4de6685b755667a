import { accept, refuse, withWarnings, type Circumstances, type Decider, type Decision } from "./decider";
import type { Refusal } from "./refusal";
import type { Warning } from "./warning";

/** One of several wishes that are granted all or none; `path` is where it stands in the input, for the reasons to refuse it. */
export type Part<C> = Readonly<{
  command: C;
  path: readonly string[];
  /** Whether its reasons stand right there, because the command's own input is no part of what was sent. */
  isExact?: boolean;
}>;

/** How many ids of one prefix a part may ask for, so that no two parts get the same. */
export const IDS_PER_PART_MAX = 10_000;

/** How often parts are decided, over all rounds: a few rounds of the most that anybody sends, or many of a few. */
export const ATTEMPTS_MAX = 50_000;

/** The id that the part at this index gives to the first thing of a prefix that it makes. */
export function idOfPart({ newId }: Pick<Circumstances, "newId">, prefix: string, index: number): string {
  return newId(prefix, index * IDS_PER_PART_MAX);
}

/**
 * Decides many commands over one state as if they came one after the other, in whatever order lets them all pass: one
 * may need what another makes, or lets go of. If some cannot pass in any order, every reason is told and nothing happens.
 * Which order that is follows from the parts alone, so a repeat decides the same. `scratch` is the caller's to lose: it is changed.
 */
export function decideAll<State, C, E extends object>(
  { decide, evolve }: Pick<Decider<State, C, E>, "decide" | "evolve">,
  parts: readonly Part<C>[],
  scratch: State,
  circumstances: Circumstances,
): Decision<E> {
  const events: E[] = [];
  const warnings: Warning[] = [];
  const content = contentsWith(events, circumstances);
  let state = scratch;
  const attempt = (part: Part<C>, index: number): readonly Refusal[] => {
    const decision = decide(part.command, state, { ...circumstancesOf(index, circumstances), content });
    if (decision.outcome === "refused") return decision.reasons;
    warnings.push(...(decision.warnings ?? []).map((warning) => placed(warning, part)));
    for (const event of decision.events) {
      // Revisions that no event of the log has, since none of these is in it yet.
      const facts = {
        revision: REVISION_OF_FIRST - events.length,
        recordedAt: circumstances.at,
        actor: circumstances.actor,
      };
      state = evolve(state, event, facts);
      events.push(event);
    }
    return [];
  };
  const refused = untilNothingMoves(parts, attempt);
  return refused.length > 0 ? refuse(...refused) : withWarnings(accept(...events), warnings);
}

const REVISION_OF_FIRST = -2;

/** What is decided later may turn on what is decided here, and is in no log yet. */
function contentsWith(events: readonly object[], circumstances: Circumstances): Circumstances["content"] {
  return (reference) => {
    if (reference.revision > REVISION_OF_FIRST) return circumstances.content(reference);
    const event = events[REVISION_OF_FIRST - reference.revision];
    return event && "data" in event ? event.data : undefined;
  };
}

/** Tries what is left again for as long as anything passes; the reasons of what never does. */
function untilNothingMoves<C>(
  parts: readonly Part<C>[],
  attempt: (part: Part<C>, index: number) => readonly Refusal[],
): readonly Refusal[] {
  let left = parts.map((part, index) => ({ part, index }));
  for (let attempts = left.length; ; attempts += left.length) {
    const refused = left.flatMap((entry) => {
      const reasons = attempt(entry.part, entry.index);
      return reasons.length > 0 ? [{ ...entry, reasons }] : [];
    });
    const isOver = refused.length === 0 || refused.length === left.length;
    if (isOver || attempts + refused.length > ATTEMPTS_MAX) {
      return refused.flatMap(({ part, reasons }) => reasons.map((reason) => placed(reason, part)));
    }
    left = refused;
  }
}

function placed<Said extends Refusal | Warning>(said: Said, { path, isExact = false }: Part<unknown>): Said {
  return { ...said, path: isExact ? path : [...path, ...said.path] };
}

function circumstancesOf(index: number, circumstances: Circumstances): Circumstances {
  return {
    ...circumstances,
    newId: (prefix, ordinal = 0) => circumstances.newId(prefix, index * IDS_PER_PART_MAX + ordinal),
  };
}
