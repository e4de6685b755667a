import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { WatchFeed } from "../changes/watchedFeed";
import type { WatchLog } from "../eventstore/watchLog";
import type { WatchOperation } from "../graphql/watchOperations";
import type { MetricsPage } from "../http/metricsRoute";
import type { WatchRequest } from "../http/watchRequests";
import type { WatchSend } from "../webhooks/sender";

/** What is counted as it happens, each by whoever it happens to. */
export type Watchers = Readonly<{
  request: WatchRequest;
  operation: WatchOperation;
  log: WatchLog;
  feed: WatchFeed;
  send: WatchSend;
}>;

const ANSWER_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const DELAY_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60];
const BATCH_APPENDS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** One for each server, since several may run in a process. docs/operating.md lists all that there is. */
export function createMetrics(): Readonly<{ registry: Registry; watch: Watchers }> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    watch: {
      ...watchEdges(registry),
      log: watchLog(registry),
      feed: watchFeed(registry),
      send: watchSend(registry),
    },
  };
}

/** What the registry holds, for whoever collects it. */
export function metricsPage(registry: Registry, token: string | null): MetricsPage {
  return { contentType: registry.contentType, text: () => registry.metrics(), token };
}

function watchEdges(registry: Registry): Pick<Watchers, "request" | "operation"> {
  const registers = [registry];
  const requests = new Counter({
    ...{ name: "pe_http_requests_total", help: "Requests that were answered.", registers },
    labelNames: ["route", "method", "status"],
  });
  const requestSeconds = new Histogram({
    ...{ name: "pe_http_request_seconds", help: "How long answers took; streams aside.", registers },
    ...{ labelNames: ["route"], buckets: ANSWER_SECONDS },
  });
  const operations = new Counter({
    ...{ name: "pe_graphql_operations_total", help: "GraphQL operations, by their root field.", registers },
    labelNames: ["type", "field", "outcome"],
  });
  const operationSeconds = new Histogram({
    ...{ name: "pe_graphql_operation_seconds", help: "How long they took; subscriptions aside.", registers },
    ...{ labelNames: ["type", "field"], buckets: ANSWER_SECONDS },
  });
  return {
    request({ route, method, status, seconds }) {
      requests.inc({ route, method, status });
      if (seconds !== null) requestSeconds.observe({ route }, seconds);
    },
    operation({ type, field }, outcome, seconds) {
      operations.inc({ type, field, outcome });
      if (seconds !== null) operationSeconds.observe({ type, field }, seconds);
    },
  };
}

function watchLog(registry: Registry): WatchLog {
  const registers = [registry];
  const appends = new Counter({
    ...{ name: "pe_log_appends_total", help: "Appends to the log; a conflict is decided anew.", registers },
    labelNames: ["outcome"],
  });
  const events = new Counter({ name: "pe_log_events_total", help: "Events that were appended.", registers });
  const appendSeconds = new Histogram({
    ...{ name: "pe_log_append_seconds", help: "How long an append took.", registers },
    buckets: ANSWER_SECONDS,
  });
  const batches = new Histogram({
    ...{ name: "pe_log_batch_appends", help: "How many appends were written together.", registers },
    buckets: BATCH_APPENDS,
  });
  return {
    appended(outcome, count, seconds) {
      appends.inc({ outcome });
      if (outcome === "appended") events.inc(count);
      appendSeconds.observe(seconds);
    },
    batched: (count) => batches.observe(count),
  };
}

function watchFeed(registry: Registry): WatchFeed {
  const registers = [registry];
  const followers = new Gauge({ name: "pe_feed_followers", help: "Who follows the feed here.", registers });
  const delays = new Histogram({
    name: "pe_feed_delay_seconds",
    help: "How long after it was recorded the first change of a batch was handed to a follower that had caught up.",
    ...{ registers, buckets: DELAY_SECONDS },
  });
  return {
    opened: () => followers.inc(),
    closed: () => followers.dec(),
    delivered: (seconds) => delays.observe(seconds),
  };
}

function watchSend(registry: Registry): WatchSend {
  const registers = [registry];
  const attempts = new Counter({
    ...{ name: "pe_webhook_attempts_total", help: "What webhooks were sent.", registers },
    labelNames: ["outcome"],
  });
  const seconds = new Histogram({
    ...{ name: "pe_webhook_attempt_seconds", help: "How long receivers took.", registers },
    buckets: DELAY_SECONDS,
  });
  return ({ error, durationMs }) => {
    attempts.inc({ outcome: error === null ? "taken" : "failed" });
    seconds.observe(durationMs / 1_000);
  };
}
