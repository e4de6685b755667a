import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { changeLine } from "../../src/cli/changeLine";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

const TAIL = join(__dirname, "../../dist/cli/tail.js");

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
});
afterAll(() => server.stop());

/** The program, as a process of its own. */
function tail(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [TAIL, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { printed: () => printed, ended, kill: () => child.kill() };
}

describe("npm run tail", () => {
  it("prints what happened and then what happens", async () => {
    const program = tail(["--app", "shop", "--url", server.address, "--token", server.token, "--all"]);
    await until("the past is there", () => program.printed().includes("EnvironmentCreated"));
    await server.send(
      `mutation { createKey(input: { app: "shop", name: "colour", type: STRING, defaultValue: "", note: "why\\nnot" }) { errors { code } } }`,
    );
    await until("the present is there", () => program.printed().includes("KeyCreated"));
    program.kill();
    await program.ended;
    const lines = program.printed().trim().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^\S+Z {2}AppCreated {2}App Shop {2}by admin$/);
    expect(lines[2]).toMatch(/^\S+Z {2}KeyCreated {2}Key colour {2}by admin {2}"why\\nnot"$/);
  });

  it("takes the token and the port of its environment", async () => {
    const { port } = new URL(server.address);
    const program = tail(["--app", "nowhere"], { PORT: port, ADMIN_TOKEN: server.token });
    expect(await program.ended).toBe(1);
    expect(program.printed()).toMatch(/^There is no app "nowhere"; .*\n$/);
  });

  it("says how it is called", async () => {
    const program = tail([]);
    expect(await program.ended).toBe(1);
    expect(program.printed()).toMatch(/^Say which app and token: /);
  });
});

describe("a line of the tail", () => {
  it("shows names that are no plain words as text, so that they command no terminal", () => {
    const event = {
      ...{ type: "KeyEdited", time: "2026-01-05T10:00:00.000Z", entityKind: "Key", subject: "key_1" },
      ...{ actor: { id: "me" }, environment: "production", note: "", before: null },
    };
    expect(changeLine({ ...event, after: { name: "a\u001b[2J" } })).toBe(
      '2026-01-05T10:00:00.000Z  KeyEdited  Key "a\\u001b[2J"  in production  by me',
    );
    expect(changeLine({ ...event, after: null })).toContain("  Key key_1  ");
  });
});
