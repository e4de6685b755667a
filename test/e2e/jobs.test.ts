import { userKeyOf } from "../../src/audience/userKey";
import { createDatabase } from "../../src/postgres/pool";
import { startedServer } from "../support/builtServer";
import { freshDatabase } from "../support/postgres";
import { until } from "../support/until";

jest.setTimeout(120_000);

const USERS = 40_000;
const JOBS = 8;
type Job = { status: string; result: { users: number; usersInEnvironment: number } | null };

// The program that people start looks at users in a thread of its own, which only compiled code can.
it("jobs are done to the last user, though the server that runs them is killed", async () => {
  const { url, drop } = await freshDatabase({ migrated: true });
  const first = await startedServer({ DATABASE_URL: url });
  await first.post(`mutation { createApp(input: { slug: "shop", name: "Shop" }) { errors { code } } }`);
  const made = (await first.post(
    `mutation($condition: JSON!) { createSegment(input: { app: "shop", name: "Pros", condition: $condition }) { segment { id } errors { code } } }`,
    { condition: { plan: "pro" } },
  )) as { createSegment: { segment: { id: string } } };
  const segmentId = made.createSegment.segment.id;
  await storeUsers(url);

  const ids: string[] = [];
  for (let count = 0; count < JOBS; count += 1) {
    const { measureSegment } = (await first.post(
      `mutation { measureSegment(input: { segmentId: "${segmentId}" }) { job { id } errors { message } } }`,
    )) as { measureSegment: { job: { id: string } } };
    ids.push(measureSegment.job.id);
  }
  const jobsOf = async ({ post }: typeof first): Promise<readonly Job[]> => {
    const { nodes } = (await post(
      `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Job { status result } } }`,
      {
        ids,
      },
    )) as { nodes: Job[] };
    return nodes;
  };
  await until("one is under way", async () =>
    (await jobsOf(first)).some(({ status }) => status !== "QUEUED"),
  );
  await first.kill("SIGKILL");

  const second = await startedServer({ DATABASE_URL: url });
  const isDone = ({ status }: Job): boolean => status === "DONE";
  await until("all are done", async () => (await jobsOf(second)).every(isDone), 60_000);
  expect(await jobsOf(second)).toEqual(
    ids.map(() => ({
      status: "DONE",
      result: expect.objectContaining({ users: USERS / 4, usersInEnvironment: USERS }) as unknown,
    })),
  );
  await second.kill("SIGTERM");
  await drop();
});

async function storeUsers(url: string): Promise<void> {
  const database = createDatabase(url);
  const ids = Array.from({ length: USERS }, (_, index) => `user ${index}`);
  await database.query(
    `insert into audience.users (user_key, app, environment, id, properties)
     select given.user_key, 'shop', 'production', given.id,
            jsonb_build_object('plan', case when number % 4 = 0 then 'pro' else 'free' end)
       from unnest($1::uuid[], $2::text[]) with ordinality as given (user_key, id, number)`,
    [ids.map((id) => userKeyOf({ app: "shop", environment: "production" }, id)), ids],
  );
  await database.close();
}
