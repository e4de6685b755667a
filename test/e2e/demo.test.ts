import { playDemo } from "../../src/demo/demo";
import { graphqlClient } from "../../src/demo/graphqlClient";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it("the demo plays to its end, and tells what came of each step", async () => {
  const lines: string[] = [];
  await playDemo(graphqlClient(server.address, server.token), (line) => lines.push(line), "demo");
  const steps = lines.flatMap((line) => /^(\d+)\./.exec(line)?.[1] ?? []).map(Number);
  expect(steps).toEqual(steps.map((_, index) => index + 1));
  const told = lines.join("\n");
  expect(told).toContain(`{"dark_mode":4}`);
  expect(told).toMatch(/9\. Archiving the key is refused: IN_USE/);
  expect(told).toMatch(/14\. Raised New York to 60 %.* Nobody lost it: 0 of/);
  expect(told).toMatch(/it is on for 0 users: everybody gets the default, because DISABLED/);
  expect(told).toMatch(/16\. A config cannot take the flag's key: IN_USE/);
  expect(told).toContain("Importing it as it is changes 0 things.");
  expect(told).toMatch(/CHANGED Flag "New checkout",\n +rules\/\S+\/percentage: 60 → 75/);
});
