import { tokenProjection } from "./access/token.projection";
import type { AppCommand } from "./apps/app.decider";
import { appDecider } from "./apps/app.decider";
import { slugOfStream } from "./apps/app.events";
import { appProjection } from "./apps/app.projection";
import { environmentProjection } from "./apps/environment.projection";
import { APP_STATE_VERSION, type AppState } from "./apps/app.state";
import { controlProjection } from "./apps/control.projection";
import {
  INSTANCE_STATE_VERSION,
  instanceDecider,
  type InstanceCommand,
  type InstanceState,
} from "./apps/instance.decider";
import { schemaVersionOf } from "./apps/schemaVersions";
import { upcast } from "./apps/upcasters";
import { configProjection } from "./configs/config.projection";
import { createCommandHandler, type ClosableCommandHandler } from "./eventstore/commandHandler";
import type { EventStore } from "./eventstore/eventStore";
import { holdToLog, type LogHold } from "./eventstore/logInUse";
import { openEventStore, type LogChoice } from "./eventstore/openEventStore";
import { postgresSnapshots } from "./eventstore/postgresSnapshots";
import type { WatchLog } from "./eventstore/watchLog";
import { experimentProjection } from "./experiments/experiment.projection";
import { goalProjection } from "./goals/goal.projection";
import { flagProjection } from "./flags/flag.projection";
import { keyProjection } from "./keys/key.projection";
import { makeId } from "./lib/ids";
import type { Database } from "./postgres/database";
import { createDatabase } from "./postgres/pool";
import type { Projection } from "./projections/projection";
import { segmentProjection } from "./segments/segment.projection";
import { webhookProjection } from "./webhooks/webhook.projection";

/** Every slice's part of the read model. */
export const PROJECTIONS: readonly Projection[] = [
  controlProjection([
    appProjection,
    environmentProjection,
    keyProjection,
    segmentProjection,
    goalProjection,
    configProjection,
    tokenProjection,
    flagProjection,
    experimentProjection,
    webhookProjection,
  ]),
];

/** What the server and the other programs have in common: the log, and those who decide and append. */
export type Parts = Readonly<{
  database: Database;
  store: EventStore;
  apps: ClosableCommandHandler<AppState, AppCommand>;
  instance: ClosableCommandHandler<InstanceState, InstanceCommand>;
  close: () => Promise<void>;
}>;

export type PartsOptions = Readonly<{
  /** Of a migrated database. */
  url: string;
  connectionsMax: number;
  log: LogChoice;
  now: () => Date;
  report: (error: unknown) => void;
  watchLog?: WatchLog | undefined;
}>;

/** @throws {StartupRefused} if the log cannot be used, or is not the one that the database was filled from. */
export async function openParts(options: PartsOptions): Promise<Parts> {
  const { url, connectionsMax, now, report } = options;
  const database = createDatabase(url, { connectionsMax });
  const { store, hold } = await openStore(options, database);
  const common = { store, snapshots: postgresSnapshots(database), now, upcast, schemaVersionOf, report };
  const apps = createCommandHandler({
    ...common,
    decider: appDecider,
    stateVersion: APP_STATE_VERSION,
    newIdOf: (stream, prefix, rest) => makeId(prefix, slugOfStream(stream), rest),
  });
  const instance = createCommandHandler({
    ...common,
    decider: instanceDecider,
    stateVersion: INSTANCE_STATE_VERSION,
    newIdOf: (stream, prefix, rest) => makeId(prefix, stream, rest),
  });
  return {
    database,
    store,
    apps,
    instance,
    async close() {
      await Promise.all([apps.close(), instance.close()]);
      await store.close();
      await hold.release();
      await database.close();
    },
  };
}

async function openStore(
  { log, url, report, watchLog }: PartsOptions,
  database: Database,
): Promise<{ store: EventStore; hold: LogHold }> {
  let store: EventStore | null = null;
  try {
    const opened = (store = await openEventStore(log, { database, url, watch: watchLog }));
    const onMoved = (reason: Error): void => {
      report(reason);
      // From now on every append is refused.
      void opened.close();
    };
    return { store, hold: await holdToLog({ database, url, log, store, onMoved }) };
  } catch (error) {
    await store?.close();
    await database.close();
    throw error;
  }
}
