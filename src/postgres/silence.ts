import type { Socket } from "node:net";
import { Client, type ClientBase } from "pg";
import { clientConfig } from "./clientConfig";

/** After so long without a byte of an answer it is asked, over another connection, whether the server is at work on it at all. */
export const SILENCE_MS = 4_000;
const LOOKS_PER_SILENCE = 4;
const PROBE_TIMEOUT_MS = 2_000;

/**
 * Cuts connections over which an answer is awaited that will never come, because a network swallowed it or the question:
 * their server says of them that it waits for us. However long a statement works, it is left to its own time limit.
 */
export interface SilenceWatch {
  /** What `ask` asks over this connection fails as soon as it is known that it is not answered any more. */
  during<Answer>(client: ClientBase, ask: () => Promise<Answer>): Promise<Answer>;
}

type Waiting = { readonly client: ClientBase; bytes: number; sinceMs: number };

/** Whether the server is not at work for these backends, since so long; those of them. */
export type AskServer = (backends: readonly number[], forMs: number) => Promise<readonly number[]>;

export function createSilenceWatch(askServer: AskServer, silenceMs = SILENCE_MS): SilenceWatch {
  const waiting = new Set<Waiting>();
  let timer: NodeJS.Timeout | undefined;
  let isAsking = false;

  function look(): void {
    if (waiting.size === 0) {
      clearInterval(timer);
      timer = undefined;
      return;
    }
    const silent = [...waiting].filter((one) => isSilent(one, silenceMs));
    if (silent.length > 0 && !isAsking) void cutForgotten(silent);
  }

  async function cutForgotten(silent: readonly Waiting[]): Promise<void> {
    isAsking = true;
    try {
      const forgotten = new Set(await askServer(silent.flatMap(backendOf), silenceMs / 2));
      for (const one of silent) {
        const isForgotten = backendOf(one).some((backend) => forgotten.has(backend));
        if (waiting.has(one) && isSilent(one, silenceMs) && isForgotten) streamOf(one.client)?.destroy();
        // Who works is asked for again after a while.
        else if (!isForgotten) one.sinceMs = performance.now();
      }
    } catch {
      // Nobody can be asked now. The next look tries again.
    } finally {
      isAsking = false;
    }
  }

  return {
    async during(client, ask) {
      const one = { client, bytes: bytesRead(client), sinceMs: performance.now() };
      waiting.add(one);
      timer ??= setInterval(look, silenceMs / LOOKS_PER_SILENCE).unref();
      try {
        return await ask();
      } finally {
        waiting.delete(one);
      }
    },
  };
}

/** Asks over a connection of its own, for which nobody has to wait. */
export function askOver(url: string): AskServer {
  return async (backends, forMs) => {
    const config = clientConfig(url, {
      applicationName: "product-experiences watch",
      connectTimeoutMs: PROBE_TIMEOUT_MS,
    });
    const client = new Client({ ...config, query_timeout: PROBE_TIMEOUT_MS });
    client.on("error", () => undefined);
    try {
      await client.connect();
      // A server that waits for its client has nothing to do for it.
      const { rows } = await client.query<{ pid: number }>(
        `select activity.pid
           from pg_stat_activity activity
          where activity.pid = any($1)
            and activity.wait_event_type = 'Client'
            and activity.state_change < clock_timestamp() - $2 * interval '1 millisecond'`,
        [backends, forMs],
      );
      return rows.map(({ pid }) => pid);
    } finally {
      // Its goodbye may be swallowed too.
      void client.end().catch(() => undefined);
      setTimeout(() => streamOf(client)?.destroy(), PROBE_TIMEOUT_MS).unref();
    }
  };
}

function isSilent(one: Waiting, silenceMs: number): boolean {
  const bytes = bytesRead(one.client);
  if (bytes !== one.bytes) {
    one.bytes = bytes;
    one.sinceMs = performance.now();
  }
  return performance.now() - one.sinceMs >= silenceMs;
}

/** What node-postgres has and does not declare. */
type Inside = Readonly<{ processID?: number | null; connection?: { stream?: Socket } }>;

const streamOf = (client: ClientBase): Socket | undefined => (client as Inside).connection?.stream;
const bytesRead = (client: ClientBase): number => streamOf(client)?.bytesRead ?? 0;

function backendOf({ client }: Waiting): number[] {
  const { processID } = client as Inside;
  return typeof processID === "number" ? [processID] : [];
}
