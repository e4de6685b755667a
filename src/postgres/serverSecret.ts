import { randomBytes } from "node:crypto";
import { invariant } from "../lib/invariant";
import type { Database } from "./database";

const SECRET_BYTES = 32;

/** A secret that all servers on this database share, by name; made at random when first asked for. */
export async function serverSecret(database: Database, name: string): Promise<Buffer> {
  await database.query(
    "insert into server.secrets (name, secret) values ($1, $2) on conflict (name) do nothing",
    [name, randomBytes(SECRET_BYTES)],
  );
  const [row] = await database.query<{ secret: Buffer }>(
    "select secret from server.secrets where name = $1",
    [name],
  );
  invariant(row, `the secret "${name}" was made and is gone`);
  return row.secret;
}
