import { ask } from "./apiCaller";
import { createApp, type App } from "./app";
import { checkHistory, inWords } from "./checkHistory";
import { followByCurl, hasCurl } from "./curlFollower";
import {
  followByEvents,
  followByPackage,
  followBySocket,
  type Addresses,
  type RunningFollower,
} from "./followers";
import type { Operation, Outcome } from "./history";
import type { Random } from "./random";
import { createRecorder, type Recorder } from "./recorder";
import type { Site } from "./site";
import { logged, openTruth } from "./truth";
import { editKey, writeByApi, writeByPort } from "./writers";
import { until } from "../until";
import type { EventStore, RecordedEvent } from "../../../src/eventstore/eventStore";
import { jsonEquals, type Json } from "../../../src/lib/json";

export type RoundOptions = Readonly<{
  site: Site;
  /** At the port; each has a writer. */
  stores: readonly EventStore[];
  slug: string;
  random: Random;
  apiWriters: number;
  /** All goes on for as long as it takes. */
  trouble: () => Promise<void>;
}>;

export type RoundResult = Readonly<{
  /** Everything that should not be, in words. */
  faults: readonly string[];
  operations: Readonly<Record<Outcome["kind"], number>>;
  events: number;
  followers: number;
  /** Connections that followers have lost. */
  losses: number;
}>;

const SETTLE_MS_MAX = 60_000;
/** Longer than a server waits for the answer to a query that a network has swallowed, while it reads for its followers. */
const SEEN_MS_MAX = 60_000;

/** Writers and followers of an app of its own while there is trouble; then all is healed, read and compared. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { site, slug } = options;
  const recorder = createRecorder();
  const [first, ...others] = site.servers.map(({ address }) => address);
  const addresses: Addresses = [first ?? "", ...others];
  const app = await createApp(recorder, addresses[0], slug);
  const followers = [
    followBySocket(addresses, slug),
    followByEvents(addresses, slug),
    ...addresses.map((address) => followByPackage(address, slug)),
    ...(hasCurl() ? [followByCurl(addresses, slug)] : []),
  ];
  try {
    const faults = await writeUnderTrouble(options, recorder, app, addresses);
    for (const { proxy } of site.networks) proxy.setMode("pass");
    const last = await settle(recorder, app, options.random, addresses);
    const { events, found } = await compare(site, app, { recorder, followers, last });
    const { operations } = recorder;
    return {
      faults: [...faults, ...found],
      operations: {
        ok: count(operations, "ok"),
        refused: count(operations, "refused"),
        unknown: count(operations, "unknown"),
      },
      events: events.length,
      followers: followers.length,
      losses: followers.reduce((sum, { losses }) => sum + losses(), 0),
    };
  } finally {
    await Promise.all(followers.map((follower) => follower.stop()));
  }
}

const count = (operations: readonly Operation[], kind: Outcome["kind"]): number =>
  operations.filter(({ outcome }) => outcome.kind === kind).length;

/** Answers what no writer should have met with. */
async function writeUnderTrouble(
  { stores, random, apiWriters, trouble }: RoundOptions,
  recorder: Recorder,
  app: App,
  addresses: Addresses,
): Promise<string[]> {
  let isEnded = false;
  const faults: string[] = [];
  const writing = (name: string) => ({ app, recorder, random: random.fork(name), isOver: () => isEnded });
  const writers = [
    ...Array.from({ length: apiWriters }, (_, number) => writeByApi(writing(`api ${number}`), addresses)),
    ...stores.map((store, number) => writeByPort(writing(`port ${number}`), store)),
  ].map((writer) =>
    writer.catch((error: unknown) => void faults.push(`a writer has met with ${String(error)}`)),
  );
  try {
    await trouble();
  } finally {
    isEnded = true;
    await Promise.all(writers);
  }
  return faults;
}

/**
 * Has every server change the app once more. Each decides in the order of arrival, and what was decided before somebody else's
 * change can no more come into the log: from the last of these back, nothing changes any more. Answers that one.
 */
async function settle(recorder: Recorder, app: App, random: Random, addresses: Addresses): Promise<string> {
  const deadline = performance.now() + SETTLE_MS_MAX;
  for (const address of addresses) {
    const outcome = await editKey(
      { app, recorder, random },
      () => address,
      () => performance.now() < deadline,
    );
    if (outcome.kind !== "ok") throw new Error(`${address} does not take changes again: ${outcome.kind}`);
  }
  return recorder.operations.at(-1)?.id ?? "";
}

type Told = Readonly<{ recorder: Recorder; followers: readonly RunningFollower[]; last: string }>;

async function compare(
  site: Site,
  app: App,
  { recorder, followers, last }: Told,
): Promise<{ events: readonly RecordedEvent[]; found: string[] }> {
  const truth = await openTruth(site);
  try {
    const events = await truth.eventsUpTo(app.stream, last);
    const found = await settled(followers, events);
    const history = {
      operations: recorder.operations,
      log: events.map(logged),
      followers: followers.map(({ name, seen }) => ({ name, stream: app.stream, seen: upTo(seen, events) })),
    };
    found.push(...inWords(checkHistory(history)));
    found.push(...(await truth.faultsOfWhole()), ...(await evaluatedOtherwise(site, app, events)));
    return { events, found };
  } finally {
    await truth.close();
  }
}

/** Waits until all were given the last event. Answers what keeps them from it; what they lack, the check of the history says. */
async function settled(
  followers: readonly RunningFollower[],
  events: readonly RecordedEvent[],
): Promise<string[]> {
  const last = events.at(-1)?.id ?? "";
  const isDone = ({ seen, refusal }: RunningFollower): boolean => seen.includes(last) || refusal() !== null;
  await until("everybody was given the last event", () => followers.every(isDone), SEEN_MS_MAX).catch(
    () => undefined,
  );
  return followers.flatMap(({ name, refusal }) =>
    refusal() === null ? [] : [`${name} was refused: ${refusal()}`],
  );
}

/** Without what came behind the last event, of which the history says nothing. */
function upTo(seen: readonly string[], events: readonly RecordedEvent[]): readonly string[] {
  const end = seen.lastIndexOf(events.at(-1)?.id ?? "");
  return end === -1 ? seen : seen.slice(0, end + 1);
}

const EVALUATED_MS_MAX = 10_000;

/** Every server gives the values that the log says. */
async function evaluatedOtherwise(
  site: Site,
  { slug }: App,
  events: readonly RecordedEvent[],
): Promise<string[]> {
  const expected: Record<string, Json> = {};
  for (const { type, data } of events) {
    const { name, defaultValue } = data as { name: string; defaultValue: Json };
    if (type === "KeyCreated" || type === "KeyEdited") expected[name] = defaultValue;
  }
  const found: string[] = [];
  for (const { name, address } of site.servers) {
    let given: Json = null;
    const isRight = async (): Promise<boolean> => {
      const data = (await ask(address, EVALUATE, { app: slug })) as { evaluate: { object: Json } };
      given = data.evaluate.object;
      return jsonEquals(given, expected);
    };
    await until(`${name} evaluates as the log says`, isRight, EVALUATED_MS_MAX).catch(() => {
      found.push(`${name} gives ${JSON.stringify(given)}, and the log says ${JSON.stringify(expected)}`);
    });
  }
  return found;
}

const EVALUATE = `query($app: String!) { evaluate(app: $app, user: { id: "u" }) { object } }`;
