import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { BUILT_TOKEN } from "../builtServer";

/** Somebody who follows an app from its first change on, over as many connections as it takes. */
export type RunningFollower = Readonly<{
  name: string;
  /** The ids of all events that it was given. */
  seen: readonly string[];
  /** How many connections it has lost. */
  losses: () => number;
  /** Why the server does not let it go on; null while it does. */
  refusal: () => string | null;
  stop: () => Promise<void>;
}>;

export type Addresses = readonly [string, ...string[]];

type Item = Readonly<{ cursor: string; event: Readonly<{ id: string }> | null }>;

export type Seeing = {
  readonly seen: string[];
  readonly ended: AbortController;
  cursor: string | null;
  losses: number;
  refusal: string | null;
};

const AGAIN_AFTER_MS = 100;
/** Heartbeats come every 12 seconds. */
const SILENCE_MS_MAX = 20_000;

/** A subscription over the stock client, which comes back by itself. It goes to the servers in turns. */
export function followBySocket(addresses: Addresses, app: string): RunningFollower {
  return running("a graphql-ws subscription", async (seeing) => {
    const address = inTurns(addresses);
    const client = createClient({
      url: () => `${address().replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${BUILT_TOKEN}` },
      retryAttempts: Number.MAX_SAFE_INTEGER,
      shouldRetry: () => !seeing.ended.signal.aborted,
      retryWait: () => sleep(AGAIN_AFTER_MS),
      connectionAckWaitTimeout: 5_000,
      keepAlive: 5_000,
      on: { closed: () => void (seeing.losses += 1) },
    });
    seeing.ended.signal.addEventListener("abort", () => void client.dispose());
    await untilEnded(seeing, async () => {
      // Read again at each connection.
      const variables = {
        app,
        get after() {
          return seeing.cursor;
        },
        get startAt() {
          return seeing.cursor === null ? "BEGINNING" : null;
        },
      };
      for await (const { data, errors } of client.iterate({ query: SUBSCRIPTION, variables })) {
        if (errors) throw new Refused(errors[0]?.message ?? "", String(errors[0]?.extensions?.["code"]));
        take(seeing, (data as { changes: Item }).changes);
      }
    });
  });
}

const SUBSCRIPTION = `subscription($app: String!, $after: String, $startAt: ChangesStartAt) { changes(app: $app, after: $after, startAt: $startAt) { cursor event { id } } }`;

/** Server-sent events, as a program reads them that knows no package. It goes to the servers in turns. */
export function followByEvents(addresses: Addresses, app: string): RunningFollower {
  return running("a reader of /changes", async (seeing) => {
    const address = inTurns(addresses);
    await untilEnded(seeing, async () => {
      await readEvents(`${address()}/changes?app=${app}&startAt=BEGINNING`, seeing);
      throw new Error("The stream has ended.");
    });
  });
}

async function readEvents(url: string, seeing: Seeing): Promise<void> {
  const connection = new AbortController();
  const end = (): void => connection.abort();
  seeing.ended.signal.addEventListener("abort", end, { once: true });
  const silence = setTimeout(end, SILENCE_MS_MAX);
  try {
    const { cursor } = seeing;
    const headers = {
      authorization: `Bearer ${BUILT_TOKEN}`,
      ...(cursor !== null && { "last-event-id": cursor }),
    };
    const response = await fetch(url, { headers, signal: connection.signal });
    if (response.status !== 200) throw refusedBy(await response.text());
    let text = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      silence.refresh();
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) takeBlock(seeing, block);
    }
  } finally {
    clearTimeout(silence);
    seeing.ended.signal.removeEventListener("abort", end);
    end();
  }
}

export function takeBlock(seeing: Seeing, block: string): void {
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (data === undefined) return;
  if (/^event: error$/m.test(block)) throw refusedBy(data);
  take(seeing, JSON.parse(data) as Item);
}

/** The consumer package, at one server. */
export function followByPackage(address: string, app: string): RunningFollower {
  return running("the consumer package", async (seeing) => {
    const { changes } = await import("../../../packages/consumer/index.js");
    const { signal } = seeing.ended;
    const onLost = (): void => void (seeing.losses += 1);
    const options = { url: address, token: BUILT_TOKEN, app, startAt: "BEGINNING", signal, onLost } as const;
    try {
      for await (const change of changes(options)) take(seeing, change);
    } catch (error) {
      seeing.refusal = String(error);
    }
  });
}

export function running(name: string, follow: (seeing: Seeing) => Promise<void>): RunningFollower {
  const seeing: Seeing = { seen: [], ended: new AbortController(), cursor: null, losses: 0, refusal: null };
  const following = follow(seeing).catch((error: unknown) => void (seeing.refusal = String(error)));
  return {
    name,
    seen: seeing.seen,
    losses: () => seeing.losses,
    refusal: () => seeing.refusal,
    async stop() {
      seeing.ended.abort();
      await following;
    },
  };
}

function take(seeing: Seeing, { cursor, event }: Item): void {
  if (event) seeing.seen.push(event.id);
  seeing.cursor = cursor;
}

/** Connects again and again, but where the server says that it is of no use. */
export async function untilEnded(seeing: Seeing, follow: () => Promise<void>): Promise<void> {
  const { signal } = seeing.ended;
  while (!signal.aborted) {
    try {
      await follow();
    } catch (error) {
      if (signal.aborted) return;
      seeing.losses += 1;
      const refused = refusalIn(error);
      if (refused && !PASSING.has(refused.code)) {
        seeing.refusal = `${refused.code}: ${refused.message}`;
        return;
      }
      await sleep(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

const PASSING: ReadonlySet<string> = new Set(["UNAVAILABLE", "RATE_LIMITED"]);

class Refused extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

type Errors = readonly Readonly<{ message: string; extensions?: Readonly<{ code?: string }> }>[];

export function refusedBy(text: string): Error {
  const { errors } = JSON.parse(text) as { errors?: Errors };
  return new Refused(errors?.[0]?.message ?? text, errors?.[0]?.extensions?.code ?? "UNKNOWN");
}

/** The stock client throws the errors of a subscription that the server did not begin. */
function refusalIn(error: unknown): { code: string; message: string } | null {
  if (error instanceof Refused) return error;
  const [first] = Array.isArray(error) ? (error as Errors) : [];
  return first ? { code: first.extensions?.code ?? "UNKNOWN", message: first.message } : null;
}

export function inTurns(addresses: Addresses): () => string {
  let turn = 0;
  return () => addresses[turn++ % addresses.length] ?? addresses[0];
}
