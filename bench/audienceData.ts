import { createDatabase } from "../src/postgres/pool";
import type { Database } from "../src/postgres/database";

export type AudienceSize = Readonly<{ app: string; users: number; events: number }>;

const MONTHS = 12;

/** Made users of an app, with 30 properties, and their events of 50 kinds over a year; the same at each call but for the months. */
export async function fillAudience(url: string, size: AudienceSize): Promise<void> {
  const database = createDatabase(url, { connectionsMax: 1, statementTimeoutMs: 0 });
  await database.query("set synchronous_commit = off");
  await database.query("set maintenance_work_mem = '256MB'");
  await fillUsers(database, size);
  const now = new Date();
  for (let ago = MONTHS - 1; ago >= 0; ago -= 1) {
    const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago, 1));
    await fillMonth(database, size, MONTHS - 1 - ago, start);
  }
  await database.query("vacuum analyze audience.users");
  await database.query("vacuum analyze audience.events");
  await database.close();
}

const keyOf = (app: string, number: string): string =>
  `encode(substr(sha256(convert_to('${app}', 'UTF8') || '\\x00'::bytea || 'production'::bytea || '\\x00'::bytea
     || convert_to('user-' || ${number}, 'UTF8')), 1, 16), 'hex')::uuid`;

const lot = (salt: number, count: number): string => `abs(hashint8extended(i, ${salt}) % ${count})`;

async function fillUsers(database: Database, { app, users }: AudienceSize): Promise<void> {
  const others = Array.from({ length: 24 }, (_, index) =>
    index % 2 === 0
      ? `'p${index}', ${lot(100 + index, 100_000)}`
      : `'p${index}', 'v' || ${lot(100 + index, 1_000)}`,
  );
  await database.query(
    `insert into audience.users (user_key, app, environment, id, properties)
     select ${keyOf(app, "i")}, '${app}', 'production', 'user-' || i,
            jsonb_build_object('city', 'city-' || ${lot(1, 20)}, 'age', ${lot(4, 80)}, 'premium', ${lot(5, 10)} = 0,
              'device', (array['iPhone', 'Android', 'Web', 'iPad'])[1 + ${lot(2, 4)}],
              'plan', (array['free', 'pro', 'team'])[1 + ${lot(3, 3)}], 'appVersion', '1.' || ${lot(8, 30)} || '.0',
              ${others.join(", ")})
       from generate_series(1, ${users}) as i`,
  );
}

/** Filled before it has indexes, as a table that was filled for a year is no slower to read. */
async function fillMonth(database: Database, size: AudienceSize, index: number, start: Date): Promise<void> {
  const { app, users, events } = size;
  const end = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1));
  const name = `audience.events_${start.toISOString().slice(0, 7).replace("-", "_")}`;
  const [from, until] = [Math.floor((index * events) / MONTHS), Math.floor(((index + 1) * events) / MONTHS)];
  await database.query(`drop table if exists ${name}`);
  await database.query(`create table ${name} (like audience.events including defaults)`);
  await database.query(
    `insert into ${name} (user_key, id, name, at, properties)
     select ${keyOf(app, `(1 + ${lot(11, users)})`)}, 'e' || i, 'Event-' || ${lot(12, 50)},
            timestamptz '${start.toISOString()}' + (i - ${from}) * interval '${(end.getTime() - start.getTime()) / (until - from)} milliseconds',
            '{"amount":' || ${lot(13, 200)} || ',"category":"c' || ${lot(14, 12)} || '"}'
       from generate_series(${from}::bigint, ${until - 1}::bigint) as i`,
  );
  await database.query(`alter table ${name} add primary key (user_key, id, at)`);
  await database.query(`create index on ${name} (user_key, name, at)`);
  await database.query(
    `alter table audience.events attach partition ${name}
       for values from ('${start.toISOString()}') to ('${end.toISOString()}')`,
  );
}
