import { Gauge, type Registry } from "prom-client";
import { findConsumerLag } from "../changes/consumerLag.queries";
import type { Rulesets } from "../delivery/rulesets";
import type { HttpServer } from "../http/server";
import type { Database } from "../postgres/database";
import type { ProjectionRunner } from "../projections/runner";
import { findWebhookLag } from "../webhooks/webhookLag.queries";

export type Observed = Readonly<{
  database: Database;
  runner: Pick<ProjectionRunner, "status">;
  rulesets: Pick<Rulesets, "status">;
  streams: HttpServer["streams"];
}>;

/** What is looked up when somebody collects it. */
export function observe(registry: Registry, { database, runner, rulesets, streams }: Observed): void {
  const gauge = (name: string, help: string, look: (into: Gauge) => void) =>
    new Gauge({ name, help, registers: [registry], collect: gaugeOf(look) });
  labelled(
    "pe_projection_lag_seconds",
    "For how long a read model has not had everything.",
    "projection",
    (into) => {
      for (const { name, lagMs } of runner.status()) into.set({ projection: name }, lagMs / 1_000);
    },
  );
  labelled(
    "pe_projection_failed",
    "1 if a read model stands still; /health/ready says why.",
    "projection",
    (into) => {
      for (const { name, failure } of runner.status())
        into.set({ projection: name }, failure === null ? 0 : 1);
    },
  );
  gauge("pe_ruleset_apps", "Apps whose rulesets are in memory.", (into) => into.set(rulesets.status().apps));
  gauge(
    "pe_ruleset_behind_seconds",
    "For how long the rulesets furthest behind have lacked changes.",
    (into) => into.set(rulesets.status().behindMs / 1_000),
  );
  gauge("pe_event_streams", "Server-sent event streams that are open.", (into) => into.set(streams().events));
  gauge(
    "pe_event_streams_dropped",
    "Streams of OFREP that were dropped since the start, since nobody read them.",
    (into) => into.set(streams().dropped),
  );
  gauge("pe_web_sockets", "WebSockets that are open.", (into) => into.set(streams().sockets));
  lookedUp(registry, "pe_consumer", "named consumers", async () => {
    const { consumers, lag_changes: changes, lag_seconds: seconds } = await findConsumerLag(database);
    return { counts: { all: consumers }, changes, seconds };
  });
  lookedUp(registry, "pe_webhook", "webhooks", async () => {
    const { lag_changes: changes, lag_seconds: seconds, ...counts } = await findWebhookLag(database);
    return { counts, changes, seconds };
  });

  function labelled(name: string, help: string, label: string, look: (into: Gauge) => void): void {
    new Gauge({ name, help, labelNames: [label], registers: [registry], collect: gaugeOf(look) });
  }
}

/** prom-client gives the gauge as `this`. */
function gaugeOf(look: (into: Gauge) => void) {
  return function (this: Gauge): void {
    look(this);
  };
}

type LookedUp = Readonly<{ counts: Readonly<Record<string, number>>; changes: number; seconds: number }>;

/** How many there are and how far they are behind, of all apps together. While the database is away nothing is said of them. */
function lookedUp(registry: Registry, prefix: string, of: string, look: () => Promise<LookedUp>): void {
  const registers = [registry];
  const changes = new Gauge({
    ...{
      name: `${prefix}_lag_changes`,
      help: `Changes that the one of all ${of} furthest behind lacks.`,
      registers,
    },
  });
  const seconds = new Gauge({
    ...{ name: `${prefix}_lag_seconds`, help: `How long the first of them has waited.`, registers },
  });
  new Gauge({
    ...{ name: `${prefix}s`, help: `How many ${of} there are.`, labelNames: ["state"], registers },
    async collect() {
      const found = await look().catch(() => null);
      this.reset();
      changes.set(found?.changes ?? NaN);
      seconds.set(found?.seconds ?? NaN);
      for (const [state, count] of Object.entries(found?.counts ?? {})) this.set({ state }, count);
    },
  });
}
