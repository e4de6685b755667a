import { playControlPlane } from "./controlPlane";
import { done, type Send } from "./graphqlClient";

type Print = (line: string) => void;
type Made = { app: string; ny: string; miami: string; config: string; published: string };

const NEW_YORK = { device: "iPhone", city: "New York" };

/** Plays the main job against a running server, and tells it as it goes. */
export async function playDemo(send: Send, print: Print, app: string): Promise<void> {
  print(`\nThe job: dark mode for iPhone users in New York, in app "${app}", without releasing the app.\n`);
  const made = await setUp(send, print, app);
  await askForValues(send, print, made);
  await changeAndRevert(send, print, made);
  await beRefused(send, print, made);
  await lookBack(send, print, made);
  await playControlPlane(send, print, made);
}

async function setUp(send: Send, print: Print, app: string): Promise<Made> {
  await done(
    send,
    `mutation($app: String!) { createApp(input: { slug: $app, name: "Shop" }) { app { id } errors { message } } }`,
    { app },
  );
  print(`1. Created the app "${app}" with its environment "production".`);
  await done(
    send,
    `mutation($app: String!) { createKey(input: { app: $app, name: "dark_mode", type: INTEGER, defaultValue: 3,
      description: "3 activates dark mode, 4 deactivates it" }) { key { id } errors { message } } }`,
    { app },
  );
  print(`2. Created the key dark_mode, an INTEGER with default 3.`);
  const segment = `mutation($input: CreateSegmentInput!) { createSegment(input: $input) { segment { id } errors { message } } }`;
  const ny = await done(send, segment, {
    input: { app, name: "iPhone users in New York", condition: NEW_YORK },
  });
  const clone = `mutation($input: CloneSegmentInput!) { cloneSegment(input: $input) { segment { id } errors { message } } }`;
  const miami = await done(send, clone, {
    input: {
      segmentId: ny.at("createSegment.segment.id"),
      name: "iPhone users in Miami",
      condition: { device: "iPhone", city: "Miami" },
    },
  });
  print(`3. Created the segment "iPhone users in New York", and cloned it for Miami.`);
  const ids = {
    ny: String(ny.at("createSegment.segment.id")),
    miami: String(miami.at("cloneSegment.segment.id")),
  };
  const config = await createConfig(send, app, ids);
  print(
    `4. Created the config "dark mode": New York gets 4, and so does 30 % of Miami. Published version 1.`,
  );
  return { app, ...ids, ...config };
}

async function createConfig(send: Send, app: string, { ny, miami }: { ny: string; miami: string }) {
  const made = await done(
    send,
    `mutation($input: CreateConfigInput!) { createConfig(input: $input) { config { id } errors { message } } }`,
    {
      input: {
        app,
        name: "dark mode",
        description: "Dark mode for a first city",
        keys: ["dark_mode"],
        note: "first try",
        rules: [
          { segmentId: ny, values: [{ key: "dark_mode", value: 4 }] },
          { segmentId: miami, percentage: 30, values: [{ key: "dark_mode", value: 4 }] },
        ],
      },
    },
  );
  const config = String(made.at("createConfig.config.id"));
  await publish(send, config, 1);
  return { config, published: new Date().toISOString() };
}

async function askForValues(send: Send, print: Print, { app }: Made): Promise<void> {
  const evaluated = await send(
    `query($app: String!, $properties: JSON!) { evaluate(app: $app, user: { id: "u1", properties: $properties }) {
      revision object values { reason rule { segment { name } } version } } }`,
    { app, properties: NEW_YORK },
  );
  const [first] = evaluated.at("evaluate.values") as { reason: string; version: number }[];
  print(
    `5. What does u1 get, with an iPhone in New York? ${JSON.stringify(evaluated.at("evaluate.object"))}`,
  );
  print(`   because ${first?.reason}, version ${first?.version}.`);
  const explained = await send(
    `query($app: String!, $properties: JSON!) { explain(app: $app, key: "dark_mode", user: { id: "u1", properties: $properties }) {
      value reason steps { segment { name } outcome because } } }`,
    { app, properties: { ...NEW_YORK, device: "Android" } },
  );
  print(
    `6. And with an Android in New York? ${explained.at("explain.value")}, ${explained.at("explain.reason")}:`,
  );
  const steps = explained.at("explain.steps") as { segment: { name: string } | null; because: string }[];
  for (const { segment, because } of steps) print(`   - ${segment?.name ?? "otherwise"}: ${because}`);
}

async function changeAndRevert(send: Send, print: Print, { config, ny }: Made): Promise<void> {
  await done(
    send,
    `mutation($input: EditConfigInput!) { editConfig(input: $input) { config { latestVersion { number } } errors { message } } }`,
    {
      input: {
        configId: config,
        expectedVersion: 1,
        note: "only New York",
        rules: [{ segmentId: ny, values: [{ key: "dark_mode", value: 4 }] }],
      },
    },
  );
  print(`7. Edited the config: that is version 2, and version 1 stays active.`);
  await publish(send, config, 2);
  await publish(send, config, 1);
  const history = await send(
    `query($id: ID!) { config(id: $id) { publications(first: 10) { nodes { version publishedAt publishedBy { id } } }
      diff(from: 1, to: 2) { changes { path before after } } } }`,
    { id: config },
  );
  const publications = history.at("config.publications.nodes") as { version: number }[];
  print(
    `8. Published version 2, then version 1 again: that is the revert. History: versions ${publications.map(({ version }) => version).join(", ")} (latest first).`,
  );
  const changes = history.at("config.diff.changes") as { path: string }[];
  print(`   From 1 to 2 changed: ${changes.map(({ path }) => path).join(", ")}`);
}

async function beRefused(send: Send, print: Print, { app }: Made): Promise<void> {
  const refused = await send(
    `mutation($app: String!) { archiveKey(input: { app: $app, name: "dark_mode" }) { errors { code message ... on InUseError { usedBy { name } } } } }`,
    { app },
  );
  const [error] = refused.at("archiveKey.errors") as { code: string; message: string }[];
  print(`9. Archiving the key is refused: ${error?.code}. ${error?.message}`);
}

async function lookBack(send: Send, print: Print, { app, published }: Made): Promise<void> {
  const then = await send(
    `query($app: String!, $asOf: DateTime!, $properties: JSON!) { evaluate(app: $app, asOf: $asOf, user: { id: "u1", properties: $properties }) { revision object } }`,
    { app, asOf: published, properties: NEW_YORK },
  );
  print(
    `10. As of ${published} (revision ${then.at("evaluate.revision")}): ${JSON.stringify(then.at("evaluate.object"))}`,
  );
  const changes = await send(
    `query($app: String!) { changes(app: $app, startAt: BEGINNING, first: 100) { items { event { type subject actor { id } } } endCursor hasMore } }`,
    { app },
  );
  print(`11. Every change is in the feed, in order:`);
  const items = changes.at("changes.items") as { event: { type: string } | null }[];
  print(`    ${items.flatMap(({ event }) => (event ? [event.type] : [])).join(", ")}`);
  print(
    `    Go on from here, live: subscription { changes(app: "${app}", after: "<endCursor>") { cursor kind event { type } } }`,
  );
}

async function publish(send: Send, configId: string, version: number): Promise<void> {
  await done(
    send,
    `mutation($input: PublishConfigInput!) { publishConfig(input: $input) { errors { message } } }`,
    { input: { configId, version } },
  );
}
