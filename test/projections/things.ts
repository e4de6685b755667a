import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { controlProjection } from "../../src/apps/control.projection";
import { slugOfStream } from "../../src/apps/app.events";
import type { EventStore, Position, RecordedEvent } from "../../src/eventstore/eventStore";
import { NO_STREAM } from "../../src/eventstore/eventStore";
import { invariant } from "../../src/lib/invariant";
import type { Database } from "../../src/postgres/database";
import { createDatabase } from "../../src/postgres/pool";
import type { Projection, Rows, Table } from "../../src/projections/projection";
import type { SliceProjection } from "../../src/projections/sliceProjection";
import { MIGRATIONS_FOLDER, freshDatabase } from "../support/postgres";

/** A slice for tests, with every sort of constraint and column that a slice may have. */
export type ThingRow = {
  app: string;
  name: string;
  size: number;
  tags: unknown;
  touched_at: string;
  is_removed: boolean;
};
export type LinkRow = { app: string; thing: string; label: string };

export const things: Table<ThingRow> = { name: "things", primaryKey: ["app", "name"] };
export const links: Table<LinkRow> = { name: "links", primaryKey: ["app", "thing"] };

export const THINGS_DDL = `
  create table models.things (
    app text not null,
    name text not null,
    size bigint not null default 0 check (size >= 0),
    lower_name text generated always as (lower(name)) stored,
    tags json not null,
    touched_at timestamptz not null,
    is_removed boolean not null,
    primary key (app, name)
  ) with (fillfactor = 80);
  comment on table models.things is 'for tests';
  create index things_by_size on models.things (app, size desc) where not is_removed;
  create index on models.things (app, lower_name);
  create table models.links (
    app text not null,
    thing text not null,
    label text not null constraint links_label_is_short check (length(label) < 50),
    primary key (app, thing),
    constraint one_link_per_label unique (app, label) deferrable initially deferred,
    constraint link_has_thing foreign key (app, thing) references models.things (app, name) deferrable initially deferred,
    constraint labels_apart exclude using btree (app with =, label with =) where (label <> '') deferrable initially deferred
  );`;

export const thingSlice: SliceProjection = {
  tables: [things, links],

  reads({ type, stream, data }) {
    if (!type.startsWith("Thing")) return [];
    const { name } = data as { name: string };
    return [{ table: things, key: [slugOfStream(stream), name] }];
  },

  apply(event, rows) {
    const { type, stream, data, meta } = event;
    const app = slugOfStream(stream);
    const { name, size, label, tags } = data as {
      name: string;
      size?: number;
      label?: string;
      tags?: unknown;
    };
    switch (type) {
      case "ThingMade":
        rows.put(things, {
          app,
          name,
          size: size ?? 0,
          tags: tags ?? [],
          touched_at: meta.recordedAt,
          is_removed: false,
        });
        return;
      case "ThingGrown": {
        const row = rows.get(things, [app, name]);
        invariant(row, `there is a thing ${name}`);
        rows.put(things, { ...row, size: row.size + (size ?? 1), touched_at: meta.recordedAt });
        return;
      }
      case "ThingLinked":
        rows.put(links, { app, thing: name, label: label ?? name });
        return;
      case "ThingUnlinked":
        rows.remove(links, [app, name]);
        return;
      case "ThingPoisoned":
        throw new Error("this event was never understood");
    }
  },

  document(event, rows) {
    if (!event.type.startsWith("Thing")) return null;
    const app = slugOfStream(event.stream);
    const { name } = event.data as { name: string };
    const row = rows.get(things, [app, name]);
    const document = row ? { name, size: row.size, touchedAt: row.touched_at } : null;
    return { kind: "Thing", id: `thing_${app}_${name}`, environment: null, document };
  },
};

/** The real composition over the test's slice. */
export const thingsProjection: Projection = controlProjection([thingSlice]);

export type ThingsDatabase = Readonly<{ url: string; open: () => Database; drop: () => Promise<void> }>;

/** A database with the tables of projections, changes and things. `open` gives a pool of its own, as another server has. */
export async function thingsDatabase(): Promise<ThingsDatabase> {
  const { url, drop } = await freshDatabase();
  const opened: Database[] = [];
  const open = (): Database => {
    const database = createDatabase(url, { connectionsMax: 4 });
    opened.push(database);
    return database;
  };
  const database = open();
  for (const file of await migrationsAbout("projections", "changes", "change_notes", "checkpoint_builds")) {
    await database.query(await readFile(join(MIGRATIONS_FOLDER, file), "utf8"));
  }
  await database.query(THINGS_DDL);
  return {
    url,
    open,
    drop: async () => {
      await Promise.all(opened.map((one) => one.close()));
      await drop();
    },
  };
}

/** Files of migrations by what their names say after the number, in order. */
async function migrationsAbout(...topics: string[]): Promise<readonly string[]> {
  const files = (await readdir(MIGRATIONS_FOLDER)).filter((file) =>
    topics.some((topic) => file.replace(/^\d+_/, "") === `${topic}.sql`),
  );
  invariant(files.length === topics.length, `there is a migration for each of ${topics.join(", ")}`);
  return files.sort();
}

let commands = 0;

/** Appends to one stream, one event at a time or several. */
export function createWriter(store: EventStore, app: string) {
  let revision = NO_STREAM;
  const stream = app === "instance" ? app : `app-${app}`;
  return async (type: string, ...data: object[]): Promise<Position> => {
    const recordedAt = new Date(Date.UTC(2026, 0, 1) + (revision + 1) * 1_000).toISOString();
    const commandId = `command-${commands++}`;
    const result = await store.append({
      stream,
      expectedRevision: revision,
      commandId,
      events: data.map((one) => ({ type, schemaVersion: 1, data: one })),
      meta: { actor: "tester", commandId, recordedAt, fingerprint: "" },
    });
    invariant(result.outcome === "appended", `nobody else writes to ${stream}`);
    revision = result.revision;
    return result.position;
  };
}

/** A random history: things are made, grow, are linked to each other's labels, and lose their links. */
export async function writeHistory(
  write: ReturnType<typeof createWriter>,
  events: number,
  random: () => number,
): Promise<Position | null> {
  const made: string[] = [];
  const linked = new Set<string>();
  let position: Position | null = null;
  for (let index = 0; index < events; index++) {
    const name = made[Math.floor(random() * made.length)];
    const choice = random();
    if (name === undefined || choice < 0.3) {
      made.push(`thing ${index}`);
      position = await write("ThingMade", { name: `thing ${index}`, tags: { b: 1, a: [index, "x"] } });
    } else if (choice < 0.7) {
      position = await write("ThingGrown", { name, size: index });
    } else if (linked.has(name)) {
      linked.delete(name);
      position = await write("ThingUnlinked", { name });
    } else {
      linked.add(name);
      position = await write("ThingLinked", { name, label: `label of ${name}` });
    }
  }
  return position;
}

/** Everything in the read model, to compare. */
export async function contents(database: Database): Promise<unknown> {
  const rows = await Promise.all([
    database.query("select *, tags::text as text from models.things order by app, name"),
    database.query("select * from models.links order by app, thing"),
    database.query("select * from models.changes order by app, revision"),
  ]);
  return rows;
}

export function recorded(type: string, data: object, revision = 0): RecordedEvent {
  return {
    id: `00000000-0000-4000-8000-${String(revision).padStart(12, "0")}`,
    stream: "app-shop",
    revision,
    position: String(revision + 1).padStart(20, "0") as Position,
    type,
    schemaVersion: 1,
    data,
    meta: { actor: "tester", commandId: "c", recordedAt: "2026-01-01T00:00:00.000Z", fingerprint: "" },
  };
}

export const anyRows = (rows: Partial<Rows>): Rows => ({
  get: () => undefined,
  put: () => undefined,
  remove: () => undefined,
  ...rows,
});

/** Numbers that look random and are the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function collectingLogger() {
  const lines: string[] = [];
  const add = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { lines, debug: add("debug"), info: add("info"), warn: add("warn"), error: add("error") };
}
