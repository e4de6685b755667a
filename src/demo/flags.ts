import { done, type Send } from "./graphqlClient";

type Print = (line: string) => void;
type Segments = Readonly<{ app: string; ny: string; miami: string }>;

/** Creates a flag, publishes it to a share of users, switches it off in a hurry, and on again. */
export async function playFlags(send: Send, print: Print, segments: Segments): Promise<void> {
  const flag = await createFlag(send, print, segments);
  await countUsers(send, print, segments.app);
  await raisePercentage(send, print, segments, flag);
  await pullTheSwitch(send, print, segments.app, flag);
  await beRefused(send, print, segments.app);
}

async function createFlag(send: Send, print: Print, { app, ny, miami }: Segments): Promise<string> {
  await done(
    send,
    `mutation($app: String!) { createKey(input: { app: $app, name: "new_checkout", type: BOOLEAN, defaultValue: false }) { errors { message } } }`,
    { app },
  );
  const made = await done(
    send,
    `mutation($app: String!, $ny: ID!, $miami: ID!) { createFlag(input: { app: $app, key: "new_checkout", name: "New checkout",
      rules: [{ segmentId: $ny, percentage: 20 }, { segmentId: $miami, percentage: 30 }] }) { flag { id } errors { message } } }`,
    { app, ny, miami },
  );
  const flag = String(made.at("createFlag.flag.id"));
  await publish(send, flag, 1);
  print(
    `13. Created the flag "New checkout": on for 20 % of New York and 30 % of Miami. Published version 1.`,
  );
  return flag;
}

const USERS = Array.from({ length: 60 }, (_, index) => `u${index}`);
/** As many things as one document may ask for. */
const ASKED_AT_ONCE = 20;

async function countUsers(send: Send, print: Print, app: string): Promise<void> {
  const on = await usersWithFlag(send, app);
  print(`    Of ${USERS.length} users in New York it is on for ${on.size}.`);
}

async function raisePercentage(send: Send, print: Print, { app, ny }: Segments, flag: string): Promise<void> {
  const before = await usersWithFlag(send, app);
  const shown = await send(`query($id: ID!) { flag(id: $id) { latestVersion { rules { id } } } }`, {
    id: flag,
  });
  const [rule] = shown.at("flag.latestVersion.rules") as { id: string }[];
  await done(send, `mutation($input: EditFlagInput!) { editFlag(input: $input) { errors { message } } }`, {
    input: {
      flagId: flag,
      note: "more of New York",
      rules: [{ id: rule?.id, segmentId: ny, percentage: 60 }],
    },
  });
  await publish(send, flag, 2);
  const after = await usersWithFlag(send, app);
  const lost = [...before].filter((user) => !after.has(user));
  print(
    `14. Raised New York to 60 %: now it is on for ${after.size}. Nobody lost it: ${lost.length} of ${before.size} did.`,
  );
}

async function pullTheSwitch(send: Send, print: Print, app: string, flagId: string): Promise<void> {
  const disabled = await done(
    send,
    `mutation($input: DisableFlagInput!) { disableFlag(input: $input) { flag { isEnabled(environment: "production") activeVersion { number } } errors { message } } }`,
    { input: { flagId, environment: "production", note: "crashes" } },
  );
  const version = disabled.at("disableFlag.flag.activeVersion.number");
  print(`15. It crashes: switched it off in production, at once. Version ${version} stays published, and`);
  print(
    `    it is on for ${(await usersWithFlag(send, app)).size} users: everybody gets the default, because ${await reason(send, app)}.`,
  );
  await done(
    send,
    `mutation($input: EnableFlagInput!) { enableFlag(input: $input) { errors { message } } }`,
    { input: { flagId, environment: "production", note: "mended" } },
  );
  print(`    Mended and switched on again: ${(await usersWithFlag(send, app)).size} users have it.`);
}

async function beRefused(send: Send, print: Print, app: string): Promise<void> {
  const refused = await send(
    `mutation($app: String!) { createConfig(input: { app: $app, name: "checkout", keys: ["new_checkout"], rules: [] }) { errors { code message } } }`,
    { app },
  );
  const [error] = refused.at("createConfig.errors") as { code: string; message: string }[];
  print(`16. A config cannot take the flag's key: ${error?.code}. ${error?.message}`);
}

async function usersWithFlag(send: Send, app: string): Promise<ReadonlySet<string>> {
  const withIt = new Set<string>();
  for (let from = 0; from < USERS.length; from += ASKED_AT_ONCE) {
    const some = USERS.slice(from, from + ASKED_AT_ONCE);
    const asked = some.map(
      (id) =>
        `${id}: evaluate(app: $app, keys: ["new_checkout"], user: { id: "${id}", properties: $ny }) { object }`,
    );
    const answered = await send(`query($app: String!, $ny: JSON!) { ${asked.join(" ")} }`, {
      app,
      ny: { device: "iPhone", city: "New York" },
    });
    for (const id of some) if (answered.at(`${id}.object.new_checkout`) === true) withIt.add(id);
  }
  return withIt;
}

async function reason(send: Send, app: string): Promise<string> {
  const answered = await send(
    `query($app: String!) { evaluate(app: $app, keys: ["new_checkout"], user: { id: "u0" }) { values { reason } } }`,
    { app },
  );
  const [value] = answered.at("evaluate.values") as { reason: string }[];
  return value?.reason ?? "";
}

async function publish(send: Send, flagId: string, version: number): Promise<void> {
  await done(
    send,
    `mutation($input: PublishFlagInput!) { publishFlag(input: $input) { errors { message } } }`,
    { input: { flagId, version } },
  );
}
