import { startTestServer, type TestServer } from "../support/wholeServer";

// The second part of the tour, document by document, as a user of the first part goes on.
const E = `errors { __typename code message path ... on InUseError { usedBy { __typename id name } } }`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { app { id } ${E} } }`);
});
afterAll(() => server.stop());

const send = (document: string, variables?: Record<string, unknown>) => server.send(document, variables);

describe("the control plane", () => {
  it("creates a goal", async () => {
    const data = await send(
      `mutation($positive: JSON!) { createGoal(input: { app: "shop", name: "Bought", events: [{ name: "Charged", where: $positive }], valueProperty: "amount" }) { goal { id } ${E} } }`,
      { positive: { amount: { $gt: 0 } } },
    );
    expect(data).toEqual({ createGoal: { goal: { id: expect.any(String) }, errors: [] } });
  });
});
