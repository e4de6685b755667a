import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startTestServer, type TestServer } from "../support/wholeServer";

const README = readFileSync(join(__dirname, "../../README.md"), "utf8");

/** The documents of the five-minute tour in order, each with the variables that stand under it. */
function documents(): { document: string; variables: Record<string, unknown> }[] {
  const blocks = [...README.matchAll(/```(graphql|json)\n([\s\S]*?)```/g)].map(([, language, text]) => ({
    language,
    text: text ?? "",
  }));
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== "graphql") return [];
    const next = blocks[index + 1];
    const variables = next?.language === "json" ? (JSON.parse(next.text) as Record<string, unknown>) : {};
    return [{ document: text, variables }];
  });
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe("the README's five minutes", () => {
  it("work as they stand there, one after the other", async () => {
    const known: Record<string, unknown> = {};
    const answers: string[] = [];
    for (const { document, variables } of documents()) {
      const data = await server.send(document, { ...known, ...variables });
      known["segment"] ??= server.read(data, "createSegment.segment.id");
      known["config"] ??= server.read(data, "createConfig.config.id");
      const [field, payload] = Object.entries(data as Record<string, { errors?: unknown[] }>)[0] ?? [];
      if (field !== "archiveKey") expect(payload?.errors ?? []).toEqual([]);
      answers.push(JSON.stringify(data));
    }
    expect(answers.length).toBeGreaterThanOrEqual(10);
    const all = answers.join("\n");
    expect(all).toContain('"object":{"dark_mode":4}');
    expect(all).toContain('device is \\"Android\\", not \\"iPhone\\"');
    expect(all).toContain('"code":"IN_USE"');
    expect(all).toContain('"type":"ConfigPublished"');
  });
});
