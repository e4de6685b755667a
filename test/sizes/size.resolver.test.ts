import "reflect-metadata";
import { SAMPLE_USERS } from "../../src/sizes/sampleSizes";
import { estimateOf } from "../../src/sizes/estimate.policy";
import { startTestServer, type TestServer } from "../support/wholeServer";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
});
afterAll(() => server.stop());

async function segment(name: string, condition: object): Promise<string> {
  const data = await server.send(
    `mutation($condition: JSON!) { createSegment(input: { app: "shop", name: "${name}", condition: $condition }) { segment { id } errors { message } } }`,
    { condition },
  );
  return server.read(data, "createSegment.segment.id");
}
const SIZE = `estimatedSize(environment: $environment) { users usersError percentage error usersInEnvironment sampled isExact }`;
async function sizeOf(id: string, environment = "production"): Promise<unknown> {
  const { body } = await server.post({
    query: `query($id: ID!, $environment: String!) { segment(id: $id) { ${SIZE} } }`,
    variables: { id, environment },
  });
  return body.errors?.map(({ extensions }) => extensions) ?? server.read(body.data, "segment.estimatedSize");
}
const exactly = (users: number, usersInEnvironment: number) => ({
  ...{ users, usersError: 0, percentage: (100 * users) / usersInEnvironment, error: 0 },
  ...{ usersInEnvironment, sampled: usersInEnvironment, isExact: true },
});

describe("the estimated size of a segment", () => {
  it("is told at once, of properties, of what was done, and of other segments, as users come and act", async () => {
    const pros = await segment("Pros", { plan: "pro" });
    const buyers = await segment("Buyers", { $performed: { event: "Charged", count: { $gte: 2 } } });
    const both = await segment("Both", { $segment: pros, $performed: { event: "Charged" } });
    const users = ["a", "b", "c", "d"].map((id, index) => ({
      id,
      properties: { plan: index < 3 ? "pro" : "free" },
    }));
    await server.send(`mutation($input: IdentifyInput!) { identify(input: $input) { errors { message } } }`, {
      input: { app: "shop", users },
    });
    const charge = (id: string, userId: string) =>
      server.send(`mutation($input: TrackInput!) { track(input: $input) { errors { message } } }`, {
        input: { app: "shop", events: [{ id, userId, name: "Charged" }] },
      });
    await charge("1", "a");
    await charge("2", "a");
    await charge("3", "d");
    expect([await sizeOf(pros), await sizeOf(buyers), await sizeOf(both)]).toEqual([
      exactly(3, 4),
      exactly(1, 4),
      exactly(1, 4),
    ]);
    await charge("4", "d");
    await charge("5", "new");
    expect([await sizeOf(buyers), await sizeOf(both)]).toEqual([exactly(2, 5), exactly(1, 5)]);
    const listed = await server.send(
      `{ app(slug: "shop") { segments { nodes { name estimatedSize { users } } } } }`,
    );
    expect(server.read(listed, "app.segments.nodes")).toEqual([
      { name: "Both", estimatedSize: { users: 1 } },
      { name: "Buyers", estimatedSize: { users: 2 } },
      { name: "Pros", estimatedSize: { users: 3 } },
    ]);
  });

  it("is of one environment, and of none that is not there", async () => {
    const everyone = await segment("Everyone", {});
    await server.send(
      `mutation { createEnvironment(input: { app: "shop", name: "staging" }) { errors { code } } }`,
    );
    expect(await sizeOf(everyone, "staging")).toEqual({
      ...{ users: 0, usersError: 0, percentage: 0, error: 0 },
      ...{ usersInEnvironment: 0, sampled: 0, isExact: true },
    });
    expect(await sizeOf(everyone, "nowhere")).toEqual([
      expect.objectContaining({ code: "NOT_FOUND", path: ["environment"] }) as unknown,
    ]);
  });

  it("is nothing for one that is archived", async () => {
    const old = await segment("Old", { plan: "pro" });
    await server.send(
      `mutation($id: ID!) { archiveSegment(input: { segmentId: $id }) { errors { code } } }`,
      {
        id: old,
      },
    );
    expect(await sizeOf(old)).toBeNull();
  });

  it("is known to one percentage point at 95 %, however the users are divided", () => {
    for (let members = 0; members <= SAMPLE_USERS; members += 100) {
      const { error } = estimateOf({ looked: SAMPLE_USERS, members, share: 0.01, isAll: false });
      expect(error).toBeGreaterThan(0);
      expect(error).toBeLessThanOrEqual(1);
    }
  });
});
