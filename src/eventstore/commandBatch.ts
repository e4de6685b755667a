import { idRest, type IdSeed } from "./commandIdentity";
import type { Envelope } from "./commands";
import { APPEND_BYTES_MAX, EVENT_BYTES_MAX } from "./encodedAppend";
import type { Contents } from "./contents";
import type { Append, EventMeta, NewEvent, Position } from "./eventStore";
import { catchUp, evolveWarm, type Folding, type Warm } from "./warmState";
import type { Circumstances, Command, ContentReference, Decider, Event } from "../lib/decider";
import { invariant } from "../lib/invariant";
import type { Refusal } from "../lib/refusal";
import type { Warning } from "../lib/warning";

/** A command that waits to be decided. */
export type Wish<C> = Readonly<{ command: C; envelope: Envelope; fingerprint: string }>;

/** What deciding takes beside folding. */
export type Deciding<State, C> = Folding<State> &
  Readonly<{
    decider: Decider<State, C, Event<string, unknown>>;
    contents: Contents;
    now: () => Date;
    newIdOf: NewIdOf;
    schemaVersionOf: (type: string) => number;
  }>;

/** Makes an id of a thing of the stream; `rest` is unlike any other. */
export type NewIdOf = (stream: string, prefix: string, rest: string) => string;

/**
 * What is to be done for a wish. All but an append are answers, which hold once every append before them in the batch
 * has succeeded: they were decided over a state that assumed so.
 */
export type Plan =
  | Readonly<{ kind: "append"; append: Append; warnings: readonly Warning[] }>
  | Readonly<{ kind: "accepted"; warnings: readonly Warning[] }>
  | Readonly<{ kind: "refused"; reasons: readonly Refusal[] }>
  | Readonly<{ kind: "failed"; error: unknown }>;

/** A batch under way. The warm state is evolved by each append before the next wish is decided, and not by the last one. */
export type Batch<State> = {
  readonly stream: string;
  readonly warm: Warm<State>;
  /** Whether the state holds everything that was in the log when the batch began. */
  isFresh: boolean;
  /** Decided last, and not evolved yet. */
  unevolved: Append | null;
  /** The data of events that are in no log yet, by revision. */
  readonly pendingData: Map<number, unknown>;
  appends: number;
  /** Where the stream ended before the batch. */
  end: StreamEnd;
};

export type StreamEnd = Readonly<{ revision: number; position: Position }>;

export function newBatch<State>(stream: string, warm: Warm<State>, isFresh: boolean): Batch<State> {
  return { stream, warm, isFresh, unevolved: null, pendingData: new Map(), appends: 0, end: endOf(warm) };
}

const endOf = ({ revision, position }: Warm<unknown>): StreamEnd => ({ revision, position });

/** Decides one wish on top of those before it, which `evolvePending` has taken in. */
export async function planWish<State, C extends Command<string, unknown>>(
  deciding: Deciding<State, C>,
  batch: Batch<State>,
  wish: Wish<C>,
): Promise<Plan> {
  const plan = await planOver(deciding, batch, wish);
  if (plan.kind === "append") {
    batch.unevolved = plan.append;
    batch.appends += 1;
    return plan;
  }
  // Whoever is told "no", or "it is so already", is told so of the present; a success ahead of it in the batch proves that
  // this is the present.
  if (batch.isFresh || batch.appends > 0) return plan;
  batch.isFresh = true;
  const isAnythingNew = await catchUp(deciding, batch.stream, batch.warm);
  batch.end = endOf(batch.warm);
  return isAnythingNew ? planWish(deciding, batch, wish) : plan;
}

/** Evolves the warm state by the append decided last. */
export function evolvePending<State>(folding: Folding<State>, batch: Batch<State>): void {
  const append = batch.unevolved;
  if (append === null) return;
  batch.unevolved = null;
  for (const { type, data } of append.events) {
    evolveWarm(folding, batch.warm, { type, data: data as object }, append.meta);
    batch.pendingData.set(batch.warm.revision, data);
  }
}

async function planOver<State, C extends Command<string, unknown>>(
  deciding: Deciding<State, C>,
  batch: Batch<State>,
  { command, envelope, fingerprint }: Wish<C>,
): Promise<Plan> {
  const { warm, stream } = batch;
  const known = warm.accepted.get(envelope.commandId);
  if (known) {
    return known.fingerprint === fingerprint
      ? { kind: "accepted", warnings: [] }
      : { kind: "refused", reasons: [commandIdReused] };
  }
  const references = deciding.decider.needs?.(command, warm.state) ?? [];
  const contents = await loadContents(deciding, batch, references);
  const at = notBefore(deciding.now().toISOString(), warm.meta);
  const newId = newIdsFor(deciding.newIdOf, { stream, commandId: envelope.commandId, fingerprint });
  const circumstances = { ...circumstancesOf(envelope, at, newId, contents), revision: warm.revision };
  const decision = deciding.decider.decide(command, warm.state, circumstances);
  if (decision.outcome === "refused") return { kind: "refused", reasons: decision.reasons };
  const { warnings = [] } = decision;
  if (decision.events.length === 0) return { kind: "accepted", warnings };
  const meta = { actor: envelope.actor, commandId: envelope.commandId, recordedAt: at, fingerprint };
  const texts = decision.events.map(({ data }) => JSON.stringify(data));
  const reasons = sizeRefusals(texts, meta);
  if (reasons.length > 0) return { kind: "refused", reasons };
  if (envelope.validateOnly === true) return { kind: "accepted", warnings };
  const events: NewEvent[] = decision.events.map(({ type }, index) => {
    // As the log will give it back, so that the warm state is what a fold of the log would make.
    const data = JSON.parse(texts[index] ?? "") as unknown;
    return { type, schemaVersion: deciding.schemaVersionOf(type), data };
  });
  const append = { stream, expectedRevision: warm.revision, commandId: meta.commandId, events, meta };
  return { kind: "append", append, warnings };
}

/** What the log could not take, whatever decided it. */
function sizeRefusals(texts: readonly string[], meta: EventMeta): readonly Refusal[] {
  if (texts.some((text) => Buffer.byteLength(text) > EVENT_BYTES_MAX)) return [tooLarge];
  const metaBytes = JSON.stringify(meta).length;
  const bytes = texts.reduce((sum, text) => sum + text.length + metaBytes, 0);
  return bytes > APPEND_BYTES_MAX ? [tooMuch] : [];
}

/** The ids that a command gives to the things that it makes. */
export function newIdsFor(newIdOf: NewIdOf, seed: IdSeed): Circumstances["newId"] {
  return (prefix, ordinal = 0) => newIdOf(seed.stream, prefix, idRest(seed, prefix, ordinal));
}

function notBefore(now: string, last: EventMeta | null): string {
  return last !== null && last.recordedAt > now ? last.recordedAt : now;
}

async function loadContents<State, C>(
  { contents }: Deciding<State, C>,
  { stream, pendingData }: Batch<State>,
  references: readonly ContentReference[],
): Promise<ReadonlyMap<number, unknown>> {
  const revisions = references.map(({ revision }) => revision);
  const stored = await contents.many(
    stream,
    revisions.filter((revision) => !pendingData.has(revision)),
  );
  return new Map(revisions.map((revision) => [revision, pendingData.get(revision) ?? stored.get(revision)]));
}

function circumstancesOf(
  { actor, may, secretHash }: Envelope,
  at: string,
  newId: Circumstances["newId"],
  contents: ReadonlyMap<number, unknown>,
): Omit<Circumstances, "revision"> {
  return {
    at,
    actor,
    may,
    secretHash: secretHash ?? null,
    newId,
    content({ revision }) {
      invariant(contents.has(revision), `the content at revision ${revision} was not named by needs`);
      return contents.get(revision);
    },
  };
}

export const commandIdReused: Refusal = {
  code: "COMMAND_ID_REUSED",
  message: "This commandId was used for a different command before; send a new one.",
  path: ["commandId"],
};

const tooLarge: Refusal = {
  code: "LIMIT_REACHED",
  message: `What one change saves has at most ${EVENT_BYTES_MAX} bytes as JSON; save less at once.`,
  path: [],
};

const tooMuch: Refusal = {
  code: "LIMIT_REACHED",
  message: `All that is changed at once has at most ${APPEND_BYTES_MAX} bytes as JSON; change less at once.`,
  path: [],
};
