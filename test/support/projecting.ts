import { schemaVersionOf } from "../../src/apps/schemaVersions";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { START, type Position, type RecordedEvent } from "../../src/eventstore/eventStore";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import { projectBatch } from "../../src/projections/batch";
import { ensureCheckpoint } from "../../src/projections/checkpoint";
import type { Projection } from "../../src/projections/projection";
import { readShapes } from "../../src/projections/tableShape";
import { freshDatabase } from "./postgres";
import { createStatementNames } from "../../src/projections/statementNames";

/** A read model of one app on a real database, to which a test gives events in batches of its choice. */
export type ProjectedApp = Readonly<{
  database: Database;
  /** Projects all these in one batch. Recorded one minute after each other, by "actor" if nobody else is named. */
  project: (...events: AnyAppEvent[]) => Promise<void>;
  /** Forgets all that was projected. Faster than another database, of which random histories would need one each. */
  startAgain: () => Promise<void>;
  drop: () => Promise<void>;
}>;

export async function projectedApp(
  projection: Projection,
  app: string,
  actorOf: (revision: number) => string = () => "actor",
): Promise<ProjectedApp> {
  const { url, drop } = await freshDatabase({ migrated: true });
  const database = createDatabase(url);
  const shapes = await readShapes(database, "models", projection.tables);
  await ensureCheckpoint(database, projection.name, projection.version);
  const names = createStatementNames();
  let position: Position = START;
  let revision = 0;
  return {
    database,
    async project(...events) {
      const recorded = events.map((event, index) => recordedEvent(app, event, revision + index, actorOf));
      const target = { schema: "models", shapes, checkpoint: projection.name, builds: 0, names };
      const isDone = await projectBatch(database, projection, recorded, position, target);
      if (!isDone) throw new Error("The checkpoint has moved.");
      revision += events.length;
      position = recorded.at(-1)?.position ?? position;
    },
    async startAgain() {
      await database.query(`truncate ${projection.tables.map((table) => `models.${table.name}`).join(", ")}`);
      await database.query("delete from server.checkpoints where name = $1", [projection.name]);
      await ensureCheckpoint(database, projection.name, projection.version);
      position = START;
      revision = 0;
    },
    async drop() {
      await database.close();
      await drop();
    },
  };
}

/** When the event at a revision was recorded. */
export function projectedAt(revision: number): string {
  return new Date(Date.parse("2026-01-01T00:00:00.000Z") + revision * 60_000).toISOString();
}

function recordedEvent(
  app: string,
  { type, data }: AnyAppEvent,
  revision: number,
  actorOf: (revision: number) => string,
): RecordedEvent {
  const meta = {
    actor: actorOf(revision),
    commandId: `c${revision}`,
    recordedAt: projectedAt(revision),
    fingerprint: "",
  };
  return {
    id: `00000000-0000-4000-8000-${String(revision).padStart(12, "0")}`,
    stream: `app-${app}`,
    revision,
    // Any text that orders by the revision.
    position: String(revision + 1).padStart(16, "0") as Position,
    type,
    schemaVersion: schemaVersionOf(type),
    data,
    meta,
  };
}
