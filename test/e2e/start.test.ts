import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBuiltServer, startedServer } from "../support/builtServer";
import { startDouble } from "../support/kurrentdb/double";
import { denied } from "../support/kurrentdb/faults";
import { freshDatabase } from "../support/postgres";
import { createDatabase } from "../../src/postgres/pool";

jest.setTimeout(120_000);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pe-start-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The server must end with code 1 and one line for people. */
async function refusal(environment: Record<string, string>): Promise<string> {
  const ended = await startBuiltServer(environment);
  if (!("code" in ended)) {
    await ended.kill("SIGKILL");
    throw new Error("the server started");
  }
  expect(ended.code).toBe(1);
  const lines = ended.printed.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

describe("a first start", () => {
  it("makes a token, shows it once, and says where everything is", async () => {
    const dataDir = join(folder, "first");
    const first = await startedServer({ DATA_DIR: dataDir, ADMIN_TOKEN: "" });
    expect(first.printed()).toMatch(/pe_admin_[\w-]{40,}/);
    expect(first.printed()).toContain(dataDir);
    expect(await first.kill("SIGTERM")).toBe(0);
    const second = await startedServer({ DATA_DIR: dataDir, ADMIN_TOKEN: "" });
    expect(second.printed()).not.toMatch(/pe_admin_[\w-]{40,}/);
    expect(await second.kill("SIGTERM")).toBe(0);
  });
});

describe("a start with the log in KurrentDB", () => {
  it("says where the log is, keeps it there, and finds it again", async () => {
    const double = await startDouble();
    const { url, drop } = await freshDatabase();
    const environment = { DATABASE_URL: url, EVENT_STORE: "kurrentdb", KURRENTDB_URL: double.url };
    const first = await startedServer(environment);
    expect(first.printed()).toContain(`KurrentDB at 127.0.0.1:${double.port}`);
    await first.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
    await first.kill("SIGKILL");
    const second = await startedServer(environment);
    expect(await second.post(`{ app(slug: "shop") { name } }`)).toEqual({ app: { name: "Shop" } });
    expect(await second.kill("SIGTERM")).toBe(0);
    const types = double.log.ofStream("productExperiences-app-shop")?.map(({ type }) => type);
    expect(types).toEqual(["AppCreated", "EnvironmentCreated"]);
    await double.stop();
    await drop();
  });
});

describe("a start that cannot be says in one line what to do, and ends with 1", () => {
  it("where the port is taken", async () => {
    const { url, drop } = await freshDatabase();
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    expect(await refusal({ DATABASE_URL: url, PORT: String(port) })).toMatch(/Port \d+ is taken/);
    other.close();
    await drop();
  });

  it("where the data folder cannot be written", async () => {
    const file = join(folder, "a-file");
    await writeFile(file, "");
    expect(await refusal({ DATA_DIR: join(file, "data") })).toMatch(/DATA_DIR/);
  });

  it("where the database belongs to another program", async () => {
    const { url, drop } = await freshDatabase();
    const database = createDatabase(url);
    await database.query("create table somebody_elses (id int)");
    await database.close();
    expect(await refusal({ DATABASE_URL: url })).toMatch(/DATABASE_URL|database/);
    await drop();
  });

  it("where KurrentDB is not told of, or does not let us in", async () => {
    expect(await refusal({ EVENT_STORE: "kurrentdb" })).toMatch(/^KURRENTDB_URL must be set/);
    expect(await refusal({ EVENT_STORE: "kurrentdb", KURRENTDB_URL: "http://log" })).toMatch(
      /^KURRENTDB_URL must/,
    );
    const double = await startDouble();
    double.faults.read = denied;
    const { url, drop } = await freshDatabase();
    const log = { EVENT_STORE: "kurrentdb", KURRENTDB_URL: double.url };
    expect(await refusal({ DATABASE_URL: url, ...log })).toMatch(
      /^The KurrentDB at 127.0.0.1:\d+ cannot be used/,
    );
    await double.stop();
    await drop();
  });

  it("where a setting is wrong", async () => {
    expect(await refusal({ PORT: "eighty" })).toMatch(/^PORT/);
  });
});
