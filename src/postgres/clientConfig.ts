import type { ClientConfig } from "pg";
import { columnTypes } from "./columnTypes";

export const CONNECT_TIMEOUT_MS = 5_000;
export const STATEMENT_TIMEOUT_MS = 30_000;
export const LOCK_TIMEOUT_MS = 15_000;
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;

export type ClientOptions = Readonly<{
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  connectTimeoutMs?: number;
  /** 0 for none. */
  statementTimeoutMs?: number;
  lockTimeoutMs?: number;
  /** After how long without a byte of an answer it is asked whether there will be one. */
  silenceMs?: number;
  /**
   * Plans no statement for its parameters. For connections that send few statements with large parameters: planning for
   * those copies them again and again, and comes to the same plan.
   */
  plansOnce?: boolean;
}>;

const PLAN_ONCE = " -c plan_cache_mode=force_generic_plan";

/** How every connection of this server is made, the pool's and those that stand apart from it. */
export function clientConfig(url: string, options: ClientOptions = {}): ClientConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  return {
    connectionString: url,
    application_name: options.applicationName ?? "product-experiences",
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    // The server ends a statement that takes too long. This is for a server that does not answer at all, nor can be asked
    // whether it still works on it.
    query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + 5_000,
    lock_timeout: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Times then come as the fast path of columnTypes reads them, whatever the server's settings say.
    options: `-c TimeZone=UTC -c DateStyle=ISO,YMD${options.plansOnce === true ? PLAN_ONCE : ""}`,
    types: columnTypes,
  };
}
