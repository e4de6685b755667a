import { accept, type Circumstances, type Decider, type Decision } from "../../src/lib/decider";
import type { RefusalCode } from "../../src/lib/refusal";

/** When the first event of a given past was recorded; each next one a minute later. */
export const GIVEN_SINCE = "2026-01-01T00:00:00.000Z";
export const ALL_RIGHTS: ReadonlySet<string> = new Set(["READ", "EDIT", "PUBLISH", "ADMINISTER"]);

/** What a command is decided in, where it is not the usual. */
export type Setting = Readonly<{
  at?: string;
  rights?: ReadonlySet<string>;
  /** The only environments where the rights count. */
  environments?: readonly string[] | null;
  actor?: string;
  /** Part of every id that the command makes. */
  commandId?: string;
}>;

/**
 * Reads as the sentence it checks: given these facts, when this is asked for, it yields those facts. The state is the
 * fold of all facts; contents that the command needs are found among them by revision.
 */
export function deciding<State, C, E extends { data: unknown }>(decider: Decider<State, C, E>) {
  const given = (...past: E[]) => ({
    when(command: C, setting: Setting = {}) {
      const decision = decideAfter(decider, past, command, setting);
      return {
        decision,
        yields: (...events: E[]) => expect(unwarned(decision)).toEqual({ outcome: "accepted", events }),
        yieldsNothing: () => expect(unwarned(decision)).toEqual({ outcome: "accepted", events: [] }),
        warns: (...warnings: string[]) => expect(warningsOf(decision)).toEqual(warnings),
        isRefused: (...codes: RefusalCode[]) =>
          expect(
            decision.outcome === "refused" ? decision.reasons.map(({ code }) => code) : decision.outcome,
          ).toEqual(codes),
        isRefusedWith: (...reasons: object[]) =>
          expect(decision).toMatchObject({ outcome: "refused", reasons }),
      };
    },
  });
  return {
    given,
    /** The facts after a command: those before if it is refused. */
    run(past: readonly E[], command: C, setting: Setting = {}): readonly E[] {
      const decision = decideAfter(decider, past, command, setting);
      return decision.outcome === "accepted" ? [...past, ...decision.events] : past;
    },
    state: (past: readonly E[]): State => foldAll(decider, past),
  };
}

/** What comes of a command, whatever is odd about it. */
function unwarned<E>(decision: Decision<E>): Decision<E> {
  return decision.outcome === "accepted" ? accept(...decision.events) : decision;
}

/** Each as its code and the path that it is about: `KEY_UNSET keys.0`. */
function warningsOf<E>(decision: Decision<E>): readonly string[] {
  if (decision.outcome === "refused") return decision.reasons.map(({ code }) => `refused: ${code}`);
  return (decision.warnings ?? []).map(({ code, path }) => `${code} ${path.join(".")}`.trim());
}

function decideAfter<State, C, E extends { data: unknown }>(
  decider: Decider<State, C, E>,
  past: readonly E[],
  command: C,
  setting: Setting,
) {
  const state = foldAll(decider, past);
  const needed = new Set((decider.needs?.(command, state) ?? []).map(({ revision }) => revision));
  return decider.decide(command, state, circumstances(past, needed, setting));
}

function foldAll<State, C, E>(decider: Decider<State, C, E>, past: readonly E[]): State {
  return past.reduce(
    (state, event, revision) =>
      decider.evolve(state, event, { revision, recordedAt: givenAt(revision), actor: "actor" }),
    decider.initialState(),
  );
}

function circumstances(
  past: readonly { data: unknown }[],
  needed: ReadonlySet<number>,
  { at, rights = ALL_RIGHTS, environments = null, actor = "actor", commandId = "command" }: Setting,
): Circumstances {
  return {
    at: at ?? givenAt(past.length),
    // Without a limit to certain environments, rights count in all of them.
    may: (right, place) =>
      rights.has(right) && (environments === null || place === undefined || environments.includes(place)),
    secretHash: `hash of ${commandId}`,
    actor,
    revision: past.length - 1,
    newId: (prefix, ordinal = 0) => `${prefix}_shop_${commandId}${ordinal}`,
    content({ revision }) {
      if (!needed.has(revision))
        throw new Error(`The decision did not say that it needs revision ${revision}.`);
      return past[revision]?.data;
    },
  };
}

function givenAt(revision: number): string {
  return new Date(Date.parse(GIVEN_SINCE) + revision * 60_000).toISOString();
}
