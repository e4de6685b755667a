import { connect, createServer, type NetConnectOpts } from "node:net";
import { silent } from "../../src/lib/logger";
import { StartupRefused } from "../../src/lib/startupRefused";
import { checkServer, serverFault } from "../../src/postgres/checkServer";
import { createDatabase } from "../../src/postgres/pool";
import { waitForDatabase } from "../../src/postgres/waitForDatabase";
import { freshDatabase } from "../support/postgres";

const GOOD = {
  number: 150_000,
  version: "15.0",
  encoding: "UTF8",
  hasUnicodeRules: true,
  isStandby: false,
};

describe("a server is fit", () => {
  it("from version 15 on", () => {
    expect(serverFault(GOOD)).toBeNull();
    expect(serverFault({ ...GOOD, number: 149_999, version: "14.13" })).toBe(
      "DATABASE_URL names a PostgreSQL 14.13: use version 15 or later.",
    );
  });

  it("if it holds Unicode", () => {
    expect(serverFault({ ...GOOD, encoding: "SQL_ASCII" })).toContain("encoding UTF8");
  });

  it("if it knows the rules of Unicode, which lists and searches compare by", async () => {
    expect(serverFault({ ...GOOD, hasUnicodeRules: false })).toContain("built with ICU");
    const { url, drop } = await freshDatabase();
    const database = createDatabase(url);
    await database.transaction(async (connection) => {
      await connection.query("set local allow_system_table_mods = on");
      await connection.query("delete from pg_collation where collname = 'und-x-icu'");
    });
    await expect(checkServer(database)).rejects.toThrow(StartupRefused);
    await database.close();
    await drop();
  });

  it("if it can be written to", () => {
    expect(serverFault({ ...GOOD, isStandby: true })).toContain("name the primary");
  });

  it("as the one of the tests is", async () => {
    const { url, drop } = await freshDatabase();
    const database = createDatabase(url);
    await expect(checkServer(database)).resolves.toBeUndefined();
    await database.close();
    await drop();
  });
});

describe("waiting for a database", () => {
  async function refusal(url: string, waitMs: number): Promise<string> {
    const error: unknown = await waitForDatabase(url, silent, waitMs).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(StartupRefused);
    return error instanceof Error ? error.message : "";
  }

  it("ends at once when it answers", async () => {
    const { url, drop } = await freshDatabase();
    await expect(waitForDatabase(url, silent, 0)).resolves.toBeUndefined();
    await drop();
  });

  it("is refused at once when it answers that there is no such database", async () => {
    const { url, drop } = await freshDatabase();
    await drop();
    expect(await refusal(url, 60_000)).toContain("does not exist): check DATABASE_URL");
  });

  it("is refused after a while when nobody answers, in a line without the password", async () => {
    expect(await refusal("postgres://me:secret@127.0.0.1:1/shop?options=secret", 300)).toBe(
      "The database at postgres://me@127.0.0.1:1/shop cannot be used (connect ECONNREFUSED 127.0.0.1:1): " +
        "check DATABASE_URL and that the database is running.",
    );
  });

  it("names the socket's folder, and copes with what is no url", async () => {
    expect(await refusal("postgres://me@localhost/shop?host=/nowhere", 0)).toContain("me@/nowhere/shop");
    expect(await refusal("not a url at all\n", 0)).not.toContain("\n");
  });

  it("goes on as soon as somebody answers", async () => {
    const { url, drop } = await freshDatabase();
    const door = createServer((socket) => socket.pipe(connect(addressOf(url))).pipe(socket));
    const listen = (port: number) => new Promise<void>((done) => door.listen(port, "127.0.0.1", done));
    await listen(0);
    const address = door.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await new Promise((done) => door.close(done));

    const here = new URL(url);
    here.host = `127.0.0.1:${port}`;
    here.searchParams.delete("host");
    await waitForDatabase(here.href, { ...silent, warn: () => void listen(port) });
    expect(door.listening).toBe(true);
    await new Promise((done) => door.close(done));
    await drop();
  });
});

/** Where the server of a test database listens. */
function addressOf(url: string): NetConnectOpts {
  const { hostname, port, searchParams } = new URL(url);
  const folder = searchParams.get("host");
  return folder === null
    ? { host: hostname, port: Number(port) }
    : { path: `${folder}/.s.PGSQL.${port === "" ? 5432 : port}` };
}
