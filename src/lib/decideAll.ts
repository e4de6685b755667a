import { accept, refuse, type Circumstances, type Decider, type Decision } from "./decider";
import type { Refusal } from "./refusal";

/** One of several wishes that are granted all or none; `path` is where it stands in the input, for the reasons to refuse it. */
export type Part<C> = Readonly<{ command: C; path: readonly string[] }>;

/** How many ids of one prefix a part may ask for, so that no two parts get the same. */
export const IDS_PER_PART_MAX = 10_000;

/**
 * Decides many commands over one state as if they came one after the other, in whatever order lets them all pass: one
 * may need what another makes, or lets go of. If some cannot pass in any order, every reason is told and nothing happens.
 * Which order that is follows from the parts alone, so a repeat decides the same. `scratch` is the caller's to lose: it is changed.
 */
export function decideAll<State, C, E>(
  { decide, evolve }: Pick<Decider<State, C, E>, "decide" | "evolve">,
  parts: readonly Part<C>[],
  scratch: State,
  circumstances: Circumstances,
): Decision<E> {
  const events: E[] = [];
  let state = scratch;
  const attempt = ({ command }: Part<C>, index: number): readonly Refusal[] => {
    const decision = decide(command, state, circumstancesOf(index, circumstances));
    if (decision.outcome === "refused") return decision.reasons;
    for (const event of decision.events) {
      // Revisions that no event of the log has, since none of these is in it yet.
      const facts = {
        revision: -2 - events.length,
        recordedAt: circumstances.at,
        actor: circumstances.actor,
      };
      state = evolve(state, event, facts);
      events.push(event);
    }
    return [];
  };
  const refused = untilNothingMoves(parts, attempt);
  return refused.length > 0 ? refuse(...refused) : accept(...events);
}

/** Tries what is left again for as long as anything passes; the reasons of what never does. */
function untilNothingMoves<C>(
  parts: readonly Part<C>[],
  attempt: (part: Part<C>, index: number) => readonly Refusal[],
): readonly Refusal[] {
  let left = parts.map((part, index) => ({ part, index }));
  for (;;) {
    const refused = left.flatMap((entry) => {
      const reasons = attempt(entry.part, entry.index);
      return reasons.length > 0 ? [{ ...entry, reasons }] : [];
    });
    if (refused.length === 0 || refused.length === left.length) {
      return refused.flatMap(({ part, reasons }) => reasons.map((reason) => placed(reason, part.path)));
    }
    left = refused;
  }
}

function placed(reason: Refusal, path: readonly string[]): Refusal {
  return { ...reason, path: [...path, ...reason.path] };
}

function circumstancesOf(index: number, circumstances: Circumstances): Circumstances {
  return {
    ...circumstances,
    newId: (prefix, ordinal = 0) => circumstances.newId(prefix, index * IDS_PER_PART_MAX + ordinal),
    content: (reference) => circumstances.content(reference),
  };
}
