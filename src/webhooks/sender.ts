import {
  Agent as HttpAgent,
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { publicLookup, targetFault } from "./targets";

/** How long a receiver has to begin its answer, from the first packet on, and how long to end it. */
export const ANSWER_MS_MAX = 15_000;
export const ANSWER_BODY_MS_MAX = 1_000;
/** What is read of an answer, so that the connection can be used again; a longer one is cut off. */
export const ANSWER_BODY_BYTES_MAX = 16_384;
/** Connections that are kept for the next event. */
const IDLE_CONNECTIONS_MAX = 256;
const IDLE_MS_MAX = 30_000;

export type Message = Readonly<{ url: string; body: string; headers: Readonly<Record<string, string>> }>;

/** What came of one attempt. `status` is null if there was no answer; `error` is null if it was taken. */
export type Answer = Readonly<{
  status: number | null;
  error: string | null;
  durationMs: number;
  /** The header of an answer that failed, as it came. */
  retryAfter: string | null;
}>;

export interface Sender {
  /** Posts it once and never throws. */
  send(message: Message): Promise<Answer>;
  /** Cuts off what is under way. */
  close(): void;
}

/** Told of every attempt, for those who watch a server. */
export type WatchSend = (answer: Answer) => void;

/** The same sender, whose attempts are told of. */
export const watchedSender = (sender: Sender, watch: WatchSend): Sender => ({
  ...sender,
  async send(message) {
    const answer = await sender.send(message);
    watch(answer);
    return answer;
  },
});

export type SenderOptions = Readonly<{
  /** Whether webhooks may reach addresses that are not of the public internet. */
  arePrivateAllowed: boolean;
  answerMs?: number;
  bodyMs?: number;
  /** Looks names up, in the place of the system. */
  lookUp?: LookupFunction;
}>;

/** Posts webhooks: no redirect is followed, no invalid certificate is taken, and nothing of an answer is kept but its status. */
export function createSender(options: SenderOptions): Sender {
  const { arePrivateAllowed, lookUp } = options;
  const lookup = arePrivateAllowed ? lookUp : publicLookup(lookUp);
  const pool = {
    keepAlive: true,
    maxFreeSockets: IDLE_CONNECTIONS_MAX,
    timeout: IDLE_MS_MAX,
    ...(lookup && { lookup }),
  };
  const agents = { http: new HttpAgent(pool), https: new HttpsAgent({ ...pool, rejectUnauthorized: true }) };

  let isClosed = false;

  async function send(message: Message): Promise<Answer> {
    const startedMs = performance.now();
    const fault = targetFault(message.url, arePrivateAllowed);
    let outcome: Outcome = fault === null ? await post(message, agents, options) : failed(fault);
    // A receiver may close a kept connection at the very moment at which it is used; that says nothing of the event.
    if (outcome.isOfOldConnection && !isClosed) outcome = await post(message, agents, options);
    const { status, error, retryAfter = null } = outcome;
    return { status, error, durationMs: Math.round(performance.now() - startedMs), retryAfter };
  }

  return {
    send,
    close() {
      isClosed = true;
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

type Outcome = Readonly<{
  status: number | null;
  error: string | null;
  retryAfter?: string | null;
  isOfOldConnection?: boolean;
}>;
type Agents = Readonly<{ http: HttpAgent; https: HttpsAgent }>;

const failed = (error: string): Outcome => ({ status: null, error });

function post(
  { url, body, headers }: Message,
  agents: Agents,
  { answerMs = ANSWER_MS_MAX, bodyMs = ANSWER_BODY_MS_MAX }: SenderOptions,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const isTls = url.startsWith("https:");
    const sent = { "content-length": String(Buffer.byteLength(body)), ...headers };
    const request = isTls
      ? requestHttps(url, { method: "POST", agent: agents.https, headers: sent })
      : requestHttp(url, { method: "POST", agent: agents.http, headers: sent });
    const timer = setTimeout(() => {
      resolve(failed(`There was no answer within ${answerMs} ms.`));
      request.destroy();
    }, answerMs);
    let isAnswered = false;
    request.on("response", (answer) => {
      isAnswered = true;
      clearTimeout(timer);
      void drained(answer, bodyMs).then(() => resolve(outcomeOf(answer)));
    });
    request.on("error", (error) => {
      clearTimeout(timer);
      resolve({ ...failed(describe(error)), isOfOldConnection: isCutOff(request, error) });
    });
    request.on("close", () => {
      clearTimeout(timer);
      if (!isAnswered) resolve(failed("The connection was closed without an answer."));
    });
    request.end(body);
  });
}

/** Reads a little of the answer and drops it. Its status is known and counts, whatever comes of the rest. */
function drained(answer: IncomingMessage, bodyMs: number): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const timer = setTimeout(() => answer.destroy(), bodyMs);
    answer.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > ANSWER_BODY_BYTES_MAX) answer.destroy();
    });
    answer.on("error", () => undefined);
    answer.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function outcomeOf({ statusCode: status = 0, headers }: IncomingMessage): Outcome {
  if (status >= 200 && status < 300) return { status, error: null };
  const retryAfter = headers["retry-after"] ?? null;
  if (status >= 300 && status < 400)
    return { status, error: `It answered ${status}, and redirects are not followed.`, retryAfter };
  return { status, error: `It answered ${status}.`, retryAfter };
}

function isCutOff(request: ClientRequest, error: Error): boolean {
  return request.reusedSocket && (error as { code?: unknown }).code === "ECONNRESET";
}

const ERROR_LENGTH_MAX = 500;

function describe(error: Error): string {
  // One for each address that was tried.
  const [first = error] = error instanceof AggregateError ? (error.errors as Error[]) : [];
  return (first.message || first.name).slice(0, ERROR_LENGTH_MAX);
}
