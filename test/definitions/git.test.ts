import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { filledShop, type FilledShop } from "./filledShop";

/** The commands of the documentation, as they stand there. */
const [EXPORT = "", IMPORT = ""] = [
  ...readFileSync(join(__dirname, "../../docs/definitions.md"), "utf8").matchAll(/```sh\n([^]*?)```/g),
].map(([, commands = ""]) => commands);

let shop: FilledShop;
let folder: string;
beforeAll(async () => {
  shop = await filledShop();
  folder = mkdtempSync(join(tmpdir(), "definitions-"));
  await play("git init -q . && git config user.email a@example.org && git config user.name a");
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await shop.server.stop();
});

describe("the documented commands", () => {
  it("put an app under git, show the one place that was changed by hand, and apply it", async () => {
    expect(await play(EXPORT)).toContain("revision ");
    const file = join(folder, "app.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"percentage": 20', '"percentage": 35'));
    expect((await play("git diff --stat")).trim()).toContain("1 file changed, 1 insertion(+), 1 deletion(-)");

    const shown = JSON.parse(await play(IMPORT)) as unknown;
    expect(shown).toMatchObject({
      data: { importApp: { changes: [{ name: "Colours", differences: [{ before: 20, after: 35 }] }] } },
    });
    expect((await shop.exported()).definition.configs[0]?.rules[0]?.percentage).toBe(20);
    expect(JSON.parse(await play(IMPORT.replace(', "validateOnly": true', "")))).toEqual(shown);
    expect((await shop.exported()).definition).toEqual(JSON.parse(readFileSync(file, "utf8")));
  });
});

async function play(commands: string): Promise<string> {
  const { address, token } = shop.server;
  const env = { ...process.env, SERVER: address, TOKEN: token, APP: "shop" };
  const { stdout } = await promisify(execFile)("bash", ["-ec", commands], { cwd: folder, env });
  return stdout;
}
