// cspell:ignore PGDMP cret
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDouble, type KurrentdbDouble } from "../support/kurrentdb/double";
import { denied } from "../support/kurrentdb/faults";
import { freshDatabase } from "../support/postgres";
import { startTestServer } from "../support/wholeServer";

jest.setTimeout(120_000);

let folder: string;
let empty: Awaited<ReturnType<typeof freshDatabase>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pe-programs-"));
  empty = await freshDatabase({ migrated: true });
});
afterAll(async () => {
  await empty.drop();
  await rm(folder, { recursive: true });
});

/** A program that people start, as a process of its own, and all that it printed. */
async function run(program: string, args: readonly string[], environment: Record<string, string>) {
  const child = spawn(process.execPath, [join(__dirname, "../../dist", `${program}.js`), ...args], {
    env: {
      PATH: process.env["PATH"] ?? "",
      PORT: "0",
      LOG_LEVEL: "warn",
      DATABASE_URL: empty.url,
      ...environment,
    },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, printed };
}

const ONE_LINE = /^[^\n]+\n$/;

describe("a backup that is not as it was written", () => {
  let whole: Buffer;
  beforeAll(async () => {
    const server = await startTestServer();
    await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
    const path = join(folder, "whole");
    expect(await run("cli/backup", [path], { DATABASE_URL: server.databaseUrl })).toMatchObject({ code: 0 });
    await server.stop();
    whole = await readFile(path);
  });

  const flipped = (at: number) => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  };
  it.each([
    ["cut in the middle", () => whole.subarray(0, whole.length / 2), /cannot be restored/],
    ["cut by its last byte", () => whole.subarray(0, -1), /a part of it is missing/],
    [
      "with one byte in the middle that is another",
      () => flipped(Math.floor(whole.length / 2)),
      /not as it was written/,
    ],
    ["with its last byte another", () => flipped(whole.length - 1), /not as it was written/],
    ["with its first byte another", () => flipped(0), /no backup that this version reads/],
    ["with something behind it", () => Buffer.concat([whole, Buffer.from("x")]), /cannot be restored/],
    ["empty", () => Buffer.alloc(0), /no backup that this version reads/],
    [
      "of something else",
      () => Buffer.from("PGDMP and so on, which is of another program"),
      /no backup that this/,
    ],
  ])("(%s) is refused in one line, with code 1, and changes nothing", async (_, bytes, message) => {
    const path = join(folder, "damaged");
    await writeFile(path, bytes());
    const { code, printed } = await run("cli/restore", [path], {});
    expect(printed).toMatch(ONE_LINE);
    expect(printed).toMatch(message);
    expect(printed).toContain("Nothing was changed.");
    expect(code).toBe(1);
  });

  it.each([
    ["no file", ["nowhere/at/all"], /cannot be opened/],
    ["a folder", ["."], /^This backup cannot be restored: \. is no file\. Nothing was changed\.$/m],
    ["no name", [], /Name one file/],
    ["two names", ["a", "b"], /Name one file/],
  ])("(%s) is refused in one line, with code 1", async (_, args, message) => {
    const { code, printed } = await run("cli/restore", args, {});
    expect(printed).toMatch(ONE_LINE);
    expect(printed).toMatch(message);
    expect(code).toBe(1);
  });

  it("that was refused before is restored once it is whole", async () => {
    const { code, printed } = await run("cli/restore", [join(folder, "whole")], {});
    expect({ code, printed }).toMatchObject({
      code: 0,
      printed: expect.stringContaining("Restored ") as string,
    });
  });
});

describe("a KURRENTDB_URL by which nothing can be kept", () => {
  let double: KurrentdbDouble;
  let closedPort: number;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    double = await startDouble();
    double.faults.read = denied;
    database = await freshDatabase({ migrated: true });
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    closedPort = (closed.address() as AddressInfo).port;
    closed.close();
  });
  afterAll(async () => {
    await double.stop();
    await database.drop();
  });

  const urls: Record<string, () => string> = {
    "is no URL": () => "somewhere",
    "is of another protocol": () => "http://log:2113",
    "has an option that there is not": () => "kurrentdb://log:2113?tls=false&speed=high",
    "leads nowhere": () => `kurrentdb://ann:s3cret@127.0.0.1:${closedPort}?tls=false`,
    "leads to a log that we may not read": () => double.url,
  };
  const programs: Record<string, readonly string[]> = {
    main: [],
    "cli/backup": [join(tmpdir(), "pe-never-written")],
  };

  it.each(Object.keys(urls))(
    "(%s) is told in one line, with code 1, by the server and the other programs",
    async (what) => {
      const environment = {
        DATABASE_URL: database.url,
        EVENT_STORE: "kurrentdb",
        KURRENTDB_URL: urls[what]?.() ?? "",
      };
      const ends = Object.entries(programs).map(([program, args]) => run(program, args, environment));
      for (const { code, printed } of await Promise.all(ends)) {
        expect(printed).toMatch(ONE_LINE);
        expect(printed).toContain("KURRENTDB_URL");
        expect(printed).not.toContain("s3cret");
        expect(code).toBe(1);
      }
    },
  );
});
