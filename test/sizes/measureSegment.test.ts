import "reflect-metadata";
import { FIRST_KEY } from "../../src/audience/userSlices";
import { OPEN_JOBS_MAX } from "../../src/jobs/job.queries";
import { makeToken, sendAs } from "../access/tokens";
import { until } from "../support/until";
import { startTestServer, type TestServer } from "../support/wholeServer";

type Job = { id: string; status: string; progress: number; result: unknown };
type Refusals = { code: string; path: string[] }[];

let server: TestServer;
let pros: string;
beforeAll(async () => {
  server = await startTestServer();
  await server.send(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  pros = await segment("Pros", { plan: "pro" });
  const users = Array.from({ length: 20 }, (_, index) => ({
    id: `u${index}`,
    properties: { plan: index < 15 ? "pro" : "free" },
  }));
  await server.send(`mutation($input: IdentifyInput!) { identify(input: $input) { errors { message } } }`, {
    input: { app: "shop", users },
  });
});
afterAll(() => server.stop());

async function segment(name: string, condition: object): Promise<string> {
  const data = await server.send(
    `mutation($condition: JSON!) { createSegment(input: { app: "shop", name: "${name}", condition: $condition }) { segment { id } errors { message } } }`,
    { condition },
  );
  return server.read(data, "createSegment.segment.id");
}
const JOB = "id kind environment status progress result failure createdBy { id } startedAt finishedAt";
async function measure(input: object): Promise<{ job: Job | null; errors: Refusals }> {
  const data = await server.send(
    `mutation($input: MeasureSegmentInput!) { measureSegment(input: $input) { job { ${JOB} } errors { code path } } }`,
    { input },
  );
  return server.read(data, "measureSegment");
}
async function jobOf(id: string): Promise<Job | null> {
  const data = await server.send(`query($id: ID!) { job(id: $id) { ${JOB} } }`, { id });
  return server.read<Job | null>(data, "job");
}
const cancel = async (jobId: string) =>
  server.read<{ job: Job | null; errors: Refusals }>(
    await server.send(
      `mutation($id: ID!) { cancelJob(input: { jobId: $id }) { job { ${JOB} } errors { code path } } }`,
      { id: jobId },
    ),
    "cancelJob",
  );

describe("measuring a segment", () => {
  it("counts its users in the background, and can be looked at until it is done", async () => {
    const { job, errors } = await measure({ segmentId: pros });
    expect(errors).toEqual([]);
    const id = job?.id ?? "";
    await until("it is done", async () => (await jobOf(id))?.status === "DONE");
    expect(await jobOf(id)).toMatchObject({
      ...{ kind: "MEASURE_SEGMENT", environment: "production", progress: 100, failure: null },
      result: { users: 15, usersInEnvironment: 20, percentage: 75 },
    });
    const node = await server.send(`query($id: ID!) { node(id: $id) { __typename } }`, { id });
    expect(server.read(node, "node.__typename")).toBe("Job");
    expect(await cancel(id)).toEqual({ job: null, errors: [{ code: "WRONG_STATE", path: ["jobId"] }] });
  });

  it("goes on with the segment and the clock that it was begun with, whatever became of them", async () => {
    const edited = await segment("Edited", { plan: "free" });
    const revision = server.read<number>(
      await server.send(`{ evaluate(app: "shop", user: { id: "u" }) { revision } }`),
      "evaluate.revision",
    );
    await server.send(
      `mutation($id: ID!, $condition: JSON!) { editSegment(input: { segmentId: $id, condition: $condition }) { errors { code } } }`,
      { id: edited, condition: { plan: "pro" } },
    );
    // As a server leaves it that ends after its first report.
    const nowMs = Date.parse("2026-01-01T00:00:00Z");
    const state = { revision, nowMs, counted: { afterKey: FIRST_KEY, looked: 1_000, members: 100 } };
    await server.running.parts.database.query(
      `insert into server.jobs (id, app, environment, kind, input, state, created_by)
       values ('job_shop_begun', 'shop', 'production', 'MEASURE_SEGMENT', $1, $2, 'anna')`,
      [JSON.stringify({ segmentId: edited }), JSON.stringify(state)],
    );
    await until("it is done", async () => (await jobOf("job_shop_begun"))?.status === "DONE");
    expect((await jobOf("job_shop_begun"))?.result).toMatchObject({
      ...{ users: 105, usersInEnvironment: 1_020, at: "2026-01-01T00:00:00.000Z", revision },
    });
  });

  it("shows some of its users, and why", async () => {
    const members = async (first: number) => {
      const { body } = await server.post({
        query: `query($id: ID!, $first: Int!) { segment(id: $id) { sampleMembers(first: $first) { id because } } }`,
        variables: { id: pros, first },
      });
      return body.errors?.[0]?.extensions?.["code"] ?? server.read(body.data, "segment.sampleMembers");
    };
    expect(await members(100)).toHaveLength(15);
    expect(await members(2)).toEqual(
      Array.from({ length: 2 }, () => ({
        id: expect.stringMatching(/^u\d+$/) as string,
        because: 'plan is "pro"',
      })),
    );
    expect([await members(0), await members(101)]).toEqual(["BAD_USER_INPUT", "BAD_USER_INPUT"]);
  });

  it("is refused for what is not there, and for more than are worked on", async () => {
    const nothing = { job: null };
    expect(await measure({ segmentId: "segment_shop_none" })).toEqual({
      ...{ ...nothing, errors: [{ code: "NOT_FOUND", path: ["segmentId"] }] },
    });
    expect(await measure({ segmentId: pros, environment: "nowhere" })).toEqual({
      ...{ ...nothing, errors: [{ code: "NOT_FOUND", path: ["environment"] }] },
    });
    const old = await segment("Old", {});
    await server.send(
      `mutation($id: ID!) { archiveSegment(input: { segmentId: $id }) { errors { code } } }`,
      {
        id: old,
      },
    );
    expect(await measure({ segmentId: old })).toEqual({
      ...{ ...nothing, errors: [{ code: "ARCHIVED", path: ["segmentId"] }] },
    });
    expect(await cancel("job_shop_none")).toEqual({
      ...{ ...nothing, errors: [{ code: "NOT_FOUND", path: ["jobId"] }] },
    });
    // Of the whole app, and as if they were long.
    await server.running.parts.database.query(
      `insert into server.jobs (id, app, environment, kind, input, status, fence, created_by)
       select 'job_shop_' || number, 'shop', 'production', 'MEASURE_SEGMENT', '{}', 'RUNNING', 1000000, 'anna'
         from generate_series(1, $1) as number`,
      [OPEN_JOBS_MAX],
    );
    expect(await measure({ segmentId: pros })).toEqual({
      ...{ ...nothing, errors: [{ code: "LIMIT_REACHED", path: [] }] },
    });
    expect(await cancel("job_shop_1")).toMatchObject({ job: { status: "CANCELLED" }, errors: [] });
    expect((await measure({ segmentId: pros })).errors).toEqual([]);
  });

  it("is not for those who only look", async () => {
    const { secret } = await makeToken(server, {
      app: "shop",
      name: "viewer",
      kind: "PERSON",
      role: "VIEWER",
    });
    const answer = await sendAs(
      server,
      secret,
      `mutation { measureSegment(input: { segmentId: "${pros}" }) { errors { code } } }`,
    );
    expect(JSON.stringify(answer)).toContain("FORBIDDEN");
  });
});
